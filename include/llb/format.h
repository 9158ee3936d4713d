/* The formatter: one layout for every .llb file. */
#ifndef LLB_FORMAT_H
#define LLB_FORMAT_H

#include <stddef.h>

#include <llb/diag.h>
#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Lays a .llb file out anew: four blanks a level, one statement a line, lines
 * of at most 80 columns where the text allows it. Every comment stays, the
 * meaning stays, and formatting the result changes nothing.
 *
 * @param name  of the file, for diagnostics; copied
 * @param text  len bytes, borrowed
 * @param diags gets the file and what is wrong with it; borrowed
 * @param ret_text the new text, NUL-terminated, for free(); set on success
 * @param ret_len  its length without the NUL; set on success
 *
 * @return LLB_OK. LLB_EINVAL: the text has syntax errors, which diags holds;
 *         such a file is best left as it is. LLB_ELIMIT: more than 16 MiB.
 *         LLB_ENOMEM.
 *
 * Threads: any, with a diags of its own each.
 */
llb_status llbc_format(const char *name, const char *text, size_t len,
                       char **ret_text, size_t *ret_len, llbc_diags *diags);

#ifdef __cplusplus
}
#endif
#endif

/* The built-ins of the language, as its compiler knows them. */
#ifndef LLB_REFERENCE_H
#define LLB_REFERENCE_H

#include <stddef.h>

#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What a built-in does and takes, as text for people: all that bear the name,
 * such as the function `image` and the output `image`.
 *
 * @param ret_text  NUL-terminated, freed with free()
 * @param ret_len   may be NULL
 *
 * @return LLB_OK; LLB_ENOENT: there is no such built-in, the message names the
 *         nearest; LLB_ENOMEM. Threads: any.
 */
llb_status llbc_explain(const char *name, char **ret_text, size_t *ret_len,
                        llb_error *err);

/** The reference of all built-ins as Markdown, from its sections on. As
 *  llbc_explain(). */
llb_status llbc_reference(char **ret_text, size_t *ret_len, llb_error *err);

/** The same as JSON, for editors: an array of objects with name, role ("step",
 *  "run", "function", "exporter" or "cache"), params and options (name, type,
 *  optional, rest), result (null: no value), doc and example. As
 *  llbc_explain(). */
llb_status llbc_reference_json(char **ret_text, size_t *ret_len,
                               llb_error *err);

#ifdef __cplusplus
}
#endif
#endif

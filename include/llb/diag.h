/* Diagnostics: what the compiler has to say about .llb files, and where. */
#ifndef LLB_DIAG_H
#define LLB_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What was found in one run of the compiler, and the texts it was found in.
 *
 * It owns a copy of every source file, so that messages can show their lines
 * long after the compiler is done. At most 20 errors and 100 warnings are
 * kept; what comes later is counted and dropped.
 *
 * Threads: one at a time for each object; objects are independent.
 */
typedef struct llbc_diags llbc_diags;

typedef enum llbc_severity {
    LLBC_ERROR = 0,  /**< nothing is compiled */
    LLBC_WARNING = 1 /**< it compiles, but probably not to what was meant */
} llbc_severity;

/** A second place that explains a diagnostic, such as "first bound here". */
typedef struct llbc_related {
    llb_span at;
    const char *message; /**< one line, no final dot */
} llbc_related;

/** One diagnostic; all pointers are borrowed from the llbc_diags. */
typedef struct llbc_diag {
    llbc_severity severity;
    const char *code;    /**< "E0101" or "W0401": never changes its meaning */
    const char *title;   /**< what the code stands for, in a few words */
    llb_span at;         /**< file 0: no place in a file */
    const char *message; /**< one line, no final dot */
    const char *help;    /**< what to do about it, one line; NULL: not known */
    const llbc_related *related;
    size_t n_related;
} llbc_diag;

/** An empty collection; NULL: no memory. */
llbc_diags *llbc_diags_new(void);

/** Frees it with all that was borrowed from it. NULL is fine. */
void llbc_diags_free(llbc_diags *d);

/**
 * Registers a source file, so that spans can point into it.
 *
 * @param name     as messages show it, usually the path as the user gave it;
 *                 copied
 * @param text     len bytes of anything, copied
 * @param ret_file the number of the file in spans; the first one is 1
 *
 * @return LLB_OK; LLB_ENOMEM; LLB_ELIMIT for a text of more than 16 MiB.
 */
llb_status llbc_diags_add_file(llbc_diags *d, const char *name,
                               const char *text, size_t len,
                               uint32_t *ret_file);

/** The name of a file, borrowed; NULL if there is no such number. */
const char *llbc_diags_file_name(const llbc_diags *d, uint32_t file);

/** The text of a file, borrowed, with a NUL behind its *ret_len bytes; NULL if
 *  there is no such number. @p ret_len may be NULL. */
const char *llbc_diags_file_text(const llbc_diags *d, uint32_t file,
                                 size_t *ret_len);

/**
 * Where a byte stands, for people.
 *
 * @param ret_line   counted from 1
 * @param ret_column in characters, counted from 1; a tab is one character
 *
 * @return false, with nothing set, if there is no such file. An offset behind
 *         the end means the end.
 */
bool llbc_diags_place(const llbc_diags *d, uint32_t file, uint32_t offset,
                      uint32_t *ret_line, uint32_t *ret_column);

/** Says nothing about warnings of a code from now on; false if there is no
 *  such warning. A comment `# llb: allow(W0401)` does it for the line that it
 *  stands on, or that follows. */
bool llbc_diags_silence(llbc_diags *d, const char *code);

/** LLB_OK: no errors (warnings perhaps). LLB_EINVAL: at least one error.
 *  LLB_ENOMEM: memory ran out, so the list may miss some. */
llb_status llbc_diags_status(const llbc_diags *d);

/** How many diagnostics are kept; the second and third count the errors and
 *  the warnings that were found, dropped ones included. */
size_t llbc_diags_count(const llbc_diags *d);
size_t llbc_diags_n_errors(const llbc_diags *d);
size_t llbc_diags_n_warnings(const llbc_diags *d);

/** The i-th diagnostic by place: files in the order of their numbers, then by
 *  offset; those without a place come first. Borrowed, until the next one is
 *  added. NULL: i is no index. */
const llbc_diag *llbc_diags_get(const llbc_diags *d, size_t i);

/** How llbc_diags_render shows things. */
typedef enum llbc_render_flags {
    LLBC_RENDER_PLAIN = 0,
    LLBC_RENDER_COLOR = 1 /**< with ANSI colours */
} llbc_render_flags;

/**
 * All diagnostics as text for people, by place:
 *
 *     app.llb:7:14: error[E0301]: unknown option "netwrok"
 *         7 |   run "make" netwrok=host
 *           |              ^~~~~~~
 *           = help: did you mean "network"?
 *
 * Long lines are clipped around the place, tabs are shown as blanks, control
 * characters and broken UTF-8 as escapes, never raw. When errors were dropped
 * a last line says how many.
 *
 * @param ret_text the text, NUL-terminated, "" if there is nothing to say; the
 *                 caller frees it with free()
 * @param ret_len  its length without the NUL; may be NULL
 *
 * @return LLB_OK or LLB_ENOMEM.
 */
llb_status llbc_diags_render(const llbc_diags *d, unsigned flags,
                             char **ret_text, size_t *ret_len);

/**
 * The same for programs: a JSON array with one object a diagnostic, its
 * members severity, code, title, message, help (absent if not known), and
 * place with file, line, column, end_line, end_column, start and end (absent
 * if it has none); related is an array of objects with message and place.
 * Lines and columns count from 1, columns in characters, start and end are
 * byte offsets. Bytes of names that are not UTF-8 become U+FFFD.
 *
 * @return as llbc_diags_render.
 */
llb_status llbc_diags_json(const llbc_diags *d, char **ret_text,
                           size_t *ret_len);

/**
 * The same as a SARIF 2.1.0 log, which services that show results beside the
 * lines of a change read; columns count in characters.
 *
 * @return as llbc_diags_render.
 */
llb_status llbc_diags_sarif(const llbc_diags *d, char **ret_text,
                            size_t *ret_len);

#ifdef __cplusplus
}
#endif
#endif

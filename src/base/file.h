/* Whole files: read with a limit, written beside and renamed. */
#ifndef LLB__BASE_FILE_H
#define LLB__BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

/* Reads all of path ("-" is standard input). More than limit bytes is
 * LLB_ELIMIT, anything the system refuses LLB_EIO or LLB_ENOENT; the message
 * names the path. The caller frees *ret_data, which has a NUL behind it. */
llb_status llb__file_read(const char *path, size_t limit, char **ret_data,
                          size_t *ret_len, llb_error *err);

/* A file that appears under its name only when it is complete. */
typedef struct llb__file_writer {
    char *path, *temp;
    int fd;
} llb__file_writer;

/* Makes a new file beside path (copied), or beside what it is a symlink to; a
 * device or pipe is opened as it is, and then there is no taking back what was
 * written. On success exactly one of commit and abort must follow. */
llb_status llb__file_create(llb__file_writer *w, const char *path,
                            unsigned mode, llb_error *err);

/* Writes all of data; on failure (a full disk) only abort is left to call. */
llb_status llb__file_write(llb__file_writer *w, const void *data, size_t len,
                           llb_error *err);

/* Renames the file to its name; on failure it is gone, as after abort. */
llb_status llb__file_commit(llb__file_writer *w, llb_error *err);
void llb__file_abort(llb__file_writer *w);

/* The three in one. */
llb_status llb__file_write_all(const char *path, const void *data, size_t len,
                               unsigned mode, llb_error *err);

/* Writes all of data to fd, through EINTR and short writes. */
bool llb__write_full(int fd, const void *data, size_t len);

#endif

/* Writing entries below a folder: what receive.c has checked. */
#ifndef LLB__CLIENT_RECEIVE_WRITE_H
#define LLB__CLIENT_RECEIVE_WRITE_H

#include <limits.h>
#include <stdbool.h>

#include <llb/error.h>

#include "packet.h"

/* An entry as it will be; paths are NUL-terminated, relative and clean. */
typedef struct bk__entry {
    const char *path;
    const char *linkname; /* of a symlink or hard link, else "" */
    uint32_t mode;        /* BK__MODE_* */
    uint32_t id;          /* its number among all STATs */
    int64_t size, mod_time;
    int64_t devmajor, devminor;
    const bk__xattr *xattrs;
    size_t n_xattrs;
} bk__entry;

typedef struct bk__writer {
    int root; /* borrowed */
    const char *root_name;
    bool fresh;         /* write under final names */
    uint64_t next_temp; /* random start, so that names do not clash */
    llb_error *err;     /* where failures are told */
} bk__writer;

void bk__writer_init(bk__writer *w, int root, const char *root_name, bool fresh,
                     llb_error *err);

/* A folder, which stays writable for us until bk__write_dir_done(). One that
 * exists is used. */
llb_status bk__write_dir(bk__writer *w, const bk__entry *e);

/* Gives a folder its mode, time and attributes; children first. */
llb_status bk__write_dir_done(bk__writer *w, const bk__entry *e);

llb_status bk__write_symlink(bk__writer *w, const bk__entry *e);

/* A device or FIFO. */
llb_status bk__write_node(bk__writer *w, const bk__entry *e);

/* One more name, e->path, for the file e->linkname, which was written. */
llb_status bk__write_link(bk__writer *w, const bk__entry *e);

/* A regular file on its way; fd < 0: none. */
typedef struct bk__file {
    const bk__entry *entry; /* borrowed */
    int dir, fd;
    int64_t len; /* bytes so far */
    bool sparse;
    char name[NAME_MAX + 1]; /* in dir, for now */
} bk__file;

/* Creates it; then exactly one of done and drop. */
llb_status bk__file_open(bk__writer *w, const bk__entry *e, bk__file *ret);
llb_status bk__file_add(bk__writer *w, bk__file *f, llb__bytes data);

/* Completes it and gives it its name; on failure it is gone. */
llb_status bk__file_done(bk__writer *w, bk__file *f);
void bk__file_drop(bk__file *f);

#endif

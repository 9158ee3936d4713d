/* A folder for what a fuzzer must have in files: made at the first use, empty
 * before each, removed at the end. */
#ifndef LLB__FUZZ_SCRATCH_H
#define LLB__FUZZ_SCRATCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "receive_remove.h"

static char scratch_path[200]; /* below TMPDIR */

static inline void scratch_must(int good)
{
    if (!good)
        abort();
}

static inline void scratch_end(void)
{
    bk__remove_tree(AT_FDCWD, scratch_path);
}

static inline const char *scratch_new(void)
{
    static int made;

    if (!made++) {
        const char *tmp = getenv("TMPDIR");
        snprintf(scratch_path, sizeof scratch_path, "%s/llb-fuzz-XXXXXX",
                 tmp ? tmp : "/tmp");
        scratch_must(mkdtemp(scratch_path) != NULL);
        atexit(scratch_end);
    } else {
        scratch_must(bk__remove_tree(AT_FDCWD, scratch_path) == 0);
        scratch_must(mkdir(scratch_path, 0700) == 0);
    }
    return scratch_path;
}

/* The path of name in it, until the next call. */
static inline const char *scratch_at(const char *name)
{
    static char path[300];

    snprintf(path, sizeof path, "%s/%s", scratch_path, name);
    return path;
}

static inline void scratch_write(const char *name, const void *data, size_t len)
{
    int fd =
        open(scratch_at(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    scratch_must(fd >= 0 && llb__write_full(fd, data, len));
    close(fd);
}

#endif

/* Reading a folder with getdents64: no DIR object, one allocation for all
 * names. */
#include "walk_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"

static int by_name(const void *a, const void *b)
{
    const bk__dir_entry *x = a, *y = b;

    return strcmp(x->name, y->name); /* names hold no NUL: this is bytewise */
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Appends to names what one getdents64 gave: each name with its type in front
 * and a NUL behind. Returns how many. */
static size_t add_names(const char *data, size_t len, llb__buf *names)
{
    size_t n = 0;

    for (size_t pos = 0; pos < len;) {
        const struct dirent64 *d = (const void *)(data + pos);
        pos += d->d_reclen;
        if (is_dots(d->d_name))
            continue;
        llb__buf_addc(names, (char)d->d_type);
        llb__buf_add(names, d->d_name, strlen(d->d_name) + 1);
        n++;
    }
    return n;
}

static int read_names(int fd, llb__buf *names, size_t *ret_n)
{
    enum { ROOM = 32 << 10 };
    char *data = malloc(ROOM); /* aligned for struct dirent64 */
    ssize_t len = -1;

    *ret_n = 0;
    while (data && (len = getdents64(fd, data, ROOM)) > 0 && !names->failed)
        *ret_n += add_names(data, (size_t)len, names);
    int e = errno;
    bool no_memory = !data || names->failed;
    free(data);
    errno = no_memory ? ENOMEM : e;
    return no_memory || len < 0 ? -1 : 0;
}

int bk__dir_list_read(int fd, bk__dir_list *ret)
{
    llb__buf names = LLB__BUF_INIT;
    size_t n;

    if (read_names(fd, &names, &n) < 0) {
        int e = errno;
        llb__buf_clear(&names);
        errno = e;
        return -1;
    }
    bk__dir_entry *entries = n ? malloc(n * sizeof *entries) : NULL;
    if (n && !entries) {
        llb__buf_clear(&names);
        errno = ENOMEM;
        return -1;
    }
    const char *p = names.data;
    for (size_t i = 0; i < n; i++) {
        entries[i] = (bk__dir_entry){p + 1, (unsigned char)*p};
        p += strlen(p + 1) + 2;
    }
    if (n)
        qsort(entries, n, sizeof *entries, by_name);
    *ret = (bk__dir_list){entries, n, names.data};
    return 0;
}

void bk__dir_list_clear(bk__dir_list *l)
{
    free(l->entries);
    free(l->names);
    *l = (bk__dir_list){NULL, 0, NULL};
}

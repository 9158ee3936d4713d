/* The entries of one folder, in the order in which they are sent. */
#ifndef LLB__CLIENT_WALK_DIR_H
#define LLB__CLIENT_WALK_DIR_H

#include <stddef.h>

typedef struct bk__dir_entry {
    const char *name;   /* NUL-terminated, in the list's memory */
    unsigned char type; /* DT_* of readdir, perhaps DT_UNKNOWN */
} bk__dir_entry;

typedef struct bk__dir_list {
    bk__dir_entry *entries;
    size_t n;
    char *names;
} bk__dir_list;

/* Reads the folder fd (borrowed; its position is used) but for "." and "..",
 * sorted by bytes. 0, or -1 and errno. */
int bk__dir_list_read(int fd, bk__dir_list *ret);
void bk__dir_list_clear(bk__dir_list *l);

#endif

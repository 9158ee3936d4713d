/* A hash table of inodes. */
#include "walk_links.h"

#include <stdlib.h>

#define MAX_MEMORY ((size_t)1 << 30)

struct bk__link {
    uint64_t dev, ino;
    llb__bytes path; /* data NULL: the slot is free */
};

static struct bk__link *find(struct bk__link *slots, size_t cap, uint64_t dev,
                             uint64_t ino)
{
    uint64_t hash = (ino ^ dev << 32 ^ dev >> 32) * 0x9e3779b97f4a7c15u;
    size_t i = (size_t)(hash >> 20) & (cap - 1);

    while (slots[i].path.data && (slots[i].ino != ino || slots[i].dev != dev))
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static int grow(bk__links *l)
{
    size_t cap = l->cap ? 2 * l->cap : 64;
    struct bk__link *slots = calloc(cap, sizeof *slots);

    if (!slots)
        return -1;
    for (size_t i = 0; i < l->cap; i++) {
        struct bk__link *old = &l->slots[i];
        if (old->path.data)
            *find(slots, cap, old->dev, old->ino) = *old;
    }
    free(l->slots);
    l->slots = slots;
    l->cap = cap;
    return 0;
}

int bk__links_add(bk__links *l, uint64_t dev, uint64_t ino, llb__bytes path,
                  llb__bytes *ret_first)
{
    if (!l->paths && !(l->paths = llb__arena_new(MAX_MEMORY)))
        return -1;
    if (l->n >= l->cap / 2 && grow(l) < 0)
        return -1;
    struct bk__link *slot = find(l->slots, l->cap, dev, ino);
    *ret_first = slot->path;
    if (slot->path.data)
        return 0;
    char *copy = llb__arena_strndup(l->paths, path.data, path.len);
    if (!copy)
        return -1;
    *slot = (struct bk__link){dev, ino, {(uint8_t *)copy, path.len}};
    l->n++;
    return 0;
}

void bk__links_clear(bk__links *l)
{
    llb__arena_free(l->paths);
    free(l->slots);
    *l = (bk__links){NULL, NULL, 0, 0};
}

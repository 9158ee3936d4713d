/* Patching gives ops new digests; people see the old ones. Op i of what was
 * sent is op i of what was given. */
#include "maps.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

void bk__maps_init(bk__maps *m)
{
    *m = (bk__maps){0};
    pthread_mutex_init(&m->lock, NULL);
}

void bk__maps_clear(bk__maps *m)
{
    for (size_t i = 0; i < m->n; i++) {
        llb_def_free(m->list[i].given);
        llb_def_free(m->list[i].sent);
    }
    free(m->list);
    pthread_mutex_destroy(&m->lock);
}

static bool grow(bk__maps *m)
{
    size_t cap = m->cap ? 2 * m->cap : 4;
    bk__map *list = realloc(m->list, cap * sizeof *list);

    if (!list)
        return false;
    m->list = list;
    m->cap = cap;
    return true;
}

llb_status bk__maps_add(bk__maps *m, llb_def *given, llb_def *sent,
                        llb_error *err)
{
    pthread_mutex_lock(&m->lock);
    bool ok = m->n < m->cap || grow(m);
    if (ok)
        m->list[m->n++] = (bk__map){llb_def_ref(given), llb_def_ref(sent)};
    pthread_mutex_unlock(&m->lock);
    return ok ? LLB_OK : llb__fail_nomem(err);
}

const char *bk__maps_given(bk__maps *m, llb__arena *a, const char *digest)
{
    const char *given = NULL;
    size_t op, len = strlen(digest);

    pthread_mutex_lock(&m->lock);
    for (size_t i = m->n; i-- > 0 && !given;) {
        if (m->list[i].given == m->list[i].sent ||
            !llb_def_find(m->list[i].sent, digest, len, &op))
            continue;
        llb_def_op found = llb_def_op_at(m->list[i].given, op);
        given = llb__arena_strdup(a, found.digest);
    }
    pthread_mutex_unlock(&m->lock);
    return given ? given : llb__arena_strdup(a, digest);
}

llb_def *bk__maps_find(bk__maps *m, const char *digest, size_t *ret_i)
{
    llb_def *found = NULL;
    size_t len = strlen(digest);

    pthread_mutex_lock(&m->lock);
    for (size_t i = m->n; i-- > 0 && !found;) {
        if (llb_def_find(m->list[i].sent, digest, len, ret_i) ||
            llb_def_find(m->list[i].given, digest, len, ret_i))
            found = llb_def_ref(m->list[i].given);
    }
    pthread_mutex_unlock(&m->lock);
    return found;
}

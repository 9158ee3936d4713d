/* What a daemon can do, asked within a build. */
#include <stdlib.h>
#include <string.h>

#include <gateway.pb-c.h>

#include "error.h"
#include "gateway.h"
#include "bounds.h"
#include "wire.h"

struct caps {
    bk_caps pub; /* first: bk_caps_free() finds the arena behind it */
    llb__arena *arena;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The enabled ones, sorted; NULL: no memory. */
static const char **read_caps(llb__arena *a, Bk__Caps__APICap **caps, size_t n,
                              size_t *ret_n)
{
    const char **list = llb__arena_array(a, n + 1, sizeof *list);
    size_t k = 0;

    for (size_t i = 0; list && i < n; i++) {
        if (!caps[i]->enabled)
            continue;
        list[k] = llb__arena_strdup(a, bk__text(caps[i]->id));
        if (!list[k++])
            return NULL;
    }
    if (k > 1)
        qsort(list, k, sizeof *list, compare);
    *ret_n = k;
    return list;
}

static struct caps *make(const Bk__Gw__PongResponse *pong)
{
    struct caps *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    if (c->arena) {
        c->pub.frontend =
            read_caps(c->arena, pong->frontendapicaps, pong->n_frontendapicaps,
                      &c->pub.n_frontend);
        c->pub.llb =
            read_caps(c->arena, pong->llbcaps, pong->n_llbcaps, &c->pub.n_llb);
    }
    if (c->pub.frontend && c->pub.llb)
        return c;
    bk_caps_free(&c->pub);
    return NULL;
}

llb_status bk_build_ping(bk_build *b, const bk_caps **ret_caps, llb_error *err)
{
    Bk__Gw__PingRequest req = BK__GW__PING_REQUEST__INIT;
    ProtobufCMessage *m;

    if (b->caps) {
        *ret_caps = b->caps;
        return LLB_OK;
    }
    llb_status st = bk__gateway_ask(
        b, BK__BRIDGE "Ping", &req.base, bk__call_ms(b->job.client),
        &bk__gw__pong_response__descriptor, &m, NULL, err);
    if (st != LLB_OK)
        return st;
    struct caps *caps = make((const Bk__Gw__PongResponse *)m);
    bk__free(m);
    if (!caps)
        return llb__fail_nomem(err);
    b->caps = &caps->pub;
    *ret_caps = b->caps;
    return LLB_OK;
}

void bk_caps_free(bk_caps *pub)
{
    struct caps *c = (struct caps *)pub;

    if (!c)
        return;
    llb__arena_free(c->arena);
    free(c);
}

static bool has(const char *const *list, size_t n, const char *id)
{
    return n > 0 && bsearch(&id, list, n, sizeof *list, compare);
}

bool bk_caps_has_llb(const bk_caps *caps, const char *id)
{
    return has(caps->llb, caps->n_llb, id);
}

bool bk_caps_has_frontend(const bk_caps *caps, const char *id)
{
    return has(caps->frontend, caps->n_frontend, id);
}

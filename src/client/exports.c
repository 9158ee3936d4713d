/* Which exporter of BuildKit a wish becomes. On a Docker Engine "an image"
 * means one that the engine then has, which is its exporter moby. */
#include "exports.h"

#include <string.h>

#include "error.h"
#include "exports_attrs.h"
#include "pairs.h"
#include "receive_mirror.h"

/* What a type does at our end. */
enum end { AT_DAEMON, A_FOLDER, A_FILE };

static const struct type {
    const char *name;
    enum end end;
    bool config; /* takes containerimage.config */
} types[] = {
    {"local", A_FOLDER, false}, {"tar", A_FILE, false},
    {"oci", A_FILE, true},      {"docker", A_FILE, true},
    {"image", AT_DAEMON, true}, {"moby", AT_DAEMON, true},
};

static const struct type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    }
    return NULL;
}

static bool is_true(const bk_export *e, const char *key, bool otherwise)
{
    const char *v = bk__pairs_get(e->attrs, e->n_attrs, key);

    return v ? bk__attr_is_true(v) : otherwise;
}

static bool has_place(const bk_export *e)
{
    return (e->dest && *e->dest) || e->fd > 0;
}

/* Whether the engine is to load the image rather than send or push it. */
static bool is_load(const bk_export *e)
{
    if (strcmp(e->type, "docker") == 0)
        return !has_place(e);
    return strcmp(e->type, "image") == 0 && !is_true(e, "push", false);
}

bool bk__exports_ask(const bk_solve_opts *o)
{
    for (size_t i = 0; i < o->n_exports; i++) {
        const bk_export *e = &o->exports[i];
        const struct type *t = find_type(e->type);
        if (t && t->config && !is_load(e) && strcmp(e->type, "moby") != 0)
            return true;
    }
    return false;
}

/* What a Docker Engine that keeps its images itself cannot do. */
static llb_status refuse_on_engine(const bk_export *e, llb_error *err)
{
    if (strcmp(e->type, "image") == 0)
        return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                         "this Docker Engine cannot push an image from a "
                         "build; leave push=true out, and the engine has the "
                         "image to push afterwards, or build on a buildkitd");
    return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                     "this Docker Engine has no exporter type=%s; use "
                     "type=local or type=tar, type=image to load the image "
                     "into the engine, or build on a buildkitd",
                     e->type);
}

static llb_status check_attrs(const bk_export *e, llb_error *err)
{
    if (bk__pairs_get(e->attrs, e->n_attrs, "dest"))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "export type=%s: dest is no attribute of the "
                         "daemon's exporter",
                         e->type);
    return bk_export_check(e, err);
}

/* An image layout as a folder: its blobs go through a content store. */
static llb_status make_layout(const bk_export *e, bk__exports *x,
                              llb_error *err)
{
    if (!e->dest || !*e->dest || strcmp(e->dest, "-") == 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "export type=%s,tar=false writes a folder "
                         "(dest=FOLDER)",
                         e->type);
    if (x->layout)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "one build writes one image layout as a folder, and "
                         "both %s and %s are given; BuildKit knows no more",
                         x->layout, e->dest);
    x->layout = e->dest;
    return LLB_OK;
}

static bool deletes(const bk_export *e)
{
    const char *mode = bk__pairs_get(e->attrs, e->n_attrs, "mode");

    return mode && strcmp(mode, "delete") == 0;
}

/* Whether a folder may be emptied but for the result: none that the build
 * itself reads. */
static llb_status check_delete(llb__arena *a, const bk_solve_opts *o,
                               const bk_export *e, llb_error *err)
{
    const char **keep =
        llb__arena_array(a, o->n_locals + o->n_stores + 2, sizeof *keep);
    size_t n = 0;

    if (!keep)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_locals; i++)
        keep[n++] = o->locals[i].path;
    for (size_t i = 0; i < o->n_stores; i++)
        keep[n++] = o->stores[i].path;
    keep[n] = o->project_root;
    return bk__mirror_check(e->dest, keep, err);
}

static llb_status make_target(const bk_export *e, const struct type *t,
                              bk__target *ret, llb_error *err)
{
    if (t->end == AT_DAEMON) {
        if (has_place(e))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "export type=%s goes nowhere on this machine: "
                             "leave its destination out",
                             e->type);
        return LLB_OK;
    }
    if (!has_place(e))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "export type=%s needs a destination (dest=%s)",
                         e->type, t->end == A_FOLDER ? "FOLDER" : "FILE");
    if (t->end == A_FOLDER) {
        if (!e->dest || strcmp(e->dest, "-") == 0)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "export type=local writes a folder, not a stream; "
                             "use type=tar");
        *ret = (bk__target){BK__TARGET_DIR, e->dest, -1, deletes(e)};
    } else if (e->fd > 0 || strcmp(e->dest, "-") == 0) {
        *ret = (bk__target){BK__TARGET_FD, NULL, e->fd > 0 ? e->fd : 1, false};
    } else {
        *ret = (bk__target){BK__TARGET_FILE, e->dest, -1, false};
    }
    return LLB_OK;
}

/* The attributes, with the image's config behind them when it is wanted. */
static llb_status make_attrs(llb__arena *a, const bk_export *e,
                             const char *config, bk__exporter *ret,
                             llb_error *err)
{
    ret->attrs = e->attrs;
    ret->n_attrs = e->n_attrs;
    if (!config || bk__pairs_get(e->attrs, e->n_attrs, "containerimage.config"))
        return LLB_OK;
    bk_pair *list = llb__arena_array(a, e->n_attrs + 1, sizeof *list);
    if (!list)
        return llb__fail_nomem(err);
    if (e->n_attrs)
        memcpy(list, e->attrs, e->n_attrs * sizeof *list);
    list[e->n_attrs] = (bk_pair){"containerimage.config", config};
    ret->attrs = list;
    ret->n_attrs++;
    ret->has_config = true;
    return LLB_OK;
}

static llb_status make_one(llb__arena *a, const bk_solve_opts *o, bk_kind kind,
                           bool graphdriver, size_t i, bk__exports *ret,
                           llb_error *err)
{
    const bk_export *e = &o->exports[i];
    const struct type *t = find_type(e->type);
    bool engine = kind == BK_KIND_DOCKER, load = engine && is_load(e);

    if (!t)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "unknown export type \"%.60s\"; there are local, tar, "
                         "oci, docker and image",
                         e->type);
    if (load)
        t = find_type("moby");
    else if (graphdriver && t->config && strcmp(t->name, "moby") != 0)
        return refuse_on_engine(e, err);
    if (!engine && strcmp(t->name, "moby") == 0)
        return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                         "export type=moby loads into a Docker Engine, but "
                         "this daemon is a buildkitd; use type=image, "
                         "type=docker or type=oci");
    llb_status st = check_attrs(e, err);
    if (st == LLB_OK)
        st = t->end == A_FILE && !is_true(e, "tar", true)
                 ? make_layout(e, ret, err)
                 : make_target(e, t, &ret->targets[i], err);
    if (st == LLB_OK && ret->targets[i].deletes)
        st = check_delete(a, o, e, err);
    if (st != LLB_OK)
        return st;
    ret->list[i].type = t->name;
    ret->to_client |= ret->targets[i].kind != BK__TARGET_NONE;
    ret->pushes |= is_true(e, "push", false);
    return make_attrs(a, e, t->config ? o->image_config : NULL, &ret->list[i],
                      err);
}

llb_status bk__exports_make(llb__arena *a, const bk_solve_opts *o, bk_kind kind,
                            bool graphdriver, bk__exports *ret, llb_error *err)
{
    bk__exports made = {.n = o->n_exports};
    llb_status st = LLB_OK;

    made.list = llb__arena_array(a, o->n_exports + 1, sizeof *made.list);
    made.targets = llb__arena_array(a, o->n_exports + 1, sizeof *made.targets);
    if (!made.list || !made.targets)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_exports && st == LLB_OK; i++)
        st = make_one(a, o, kind, graphdriver, i, &made, err);
    if (st == LLB_OK)
        *ret = made;
    return st;
}

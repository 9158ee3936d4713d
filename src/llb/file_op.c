/* Chains of file actions: each call encodes what its action says. */
#include "file_int.h"

#include <stdlib.h>

#include "bounds.h"
#include "nowhere.h"

static const llb_actions *failed_actions(llb__call *c)
{
    if (!c->g)
        return &llb__nowhere_of(c->error)->actions;
    llb_actions *a = llb__arena_alloc(c->g->arena, sizeof *a);
    if (!a)
        return &llb__nowhere_of(llb__no_memory())->actions;
    a->g = c->g;
    a->error = c->error;
    a->from.failed = c->failed;
    return a;
}

/* Begins a call on a chain. */
static llb__call begin(const llb_actions *a, const char *name)
{
    llb__call c = llb__call_begin(a ? a->g : NULL, name);

    if (a && llb__actions_error(a)) {
        c.error = a->error;
        c.failed = a->from.failed;
    }
    return c;
}

const llb_actions *llb_actions_new(llb_graph *g)
{
    llb__call c = llb__call_begin(g, "llb_actions_new");

    if (!c.error && g->no_actions)
        return g->no_actions;
    llb_actions *a = c.error ? NULL : llb__alloc(&c, sizeof *a);
    if (!a)
        return failed_actions(&c);
    a->g = g;
    g->no_actions = a;
    return a;
}

/* ---- Making an action ---------------------------------------------------- */

/* An action being written, last member first. */
struct maker {
    llb__call c;
    llb_actions a;
    llb__late late;
    size_t mark; /* where the part being written began */
};

static uint32_t part_len(struct maker *m)
{
    size_t len = llb__enc_len(&m->c.g->enc);
    size_t n = len - m->mark;

    if (len > LLB__MAX_DEFINITION)
        llb__call_fail(&m->c, LLB_ELIMIT, "a file action of %zu bytes", len);
    m->mark = len;
    return (uint32_t)n;
}

/* Nanoseconds since 1970. */
static int64_t timestamp(llb__call *c, const llb_time *t)
{
    int64_t ns;

    if (__builtin_mul_overflow(t->sec, (int64_t)1000000000, &ns) ||
        __builtin_add_overflow(ns, t->nsec, &ns)) {
        llb__call_fail(c, LLB_EINVAL,
                       "the created time is not within 292 years of 1970");
        return -1;
    }
    return ns;
}

static void put_time(struct maker *m, uint32_t field, const llb_time *t)
{
    llb__enc_i64(&m->c.g->enc, field, t ? timestamp(&m->c, t) : -1);
}

/* Leaves out what is written if it is what nearly all actions end with. */
static void share_tail(struct maker *m)
{
    llb__enc *e = &m->c.g->enc;
    llb__bytes usual = llb__usual_tail(m->a.field);

    if (usual.len && llb__enc_len(e) == usual.len &&
        memcmp(llb__enc_data(e), usual.data, usual.len) == 0) {
        llb__enc_reset(e);
        m->a.usual = true;
    }
}

static void put_owner(struct maker *m, uint32_t field, const llb_owner *given)
{
    llb__owner o;

    share_tail(m);
    if (!given || !llb__owner_parse(&m->c, given, &o))
        return;
    if (!o.user && !o.group) {
        llb__owner_encode(&m->c.g->enc, field, &o, -1);
        return;
    }
    m->late.tail_len = part_len(m);
    llb__owner *kept = llb__alloc(&m->c, sizeof *kept);
    if (kept)
        *kept = o;
    m->late.owner = kept;
}

/* Writes a path as llb__path_encode does. */
static void put_joined(struct maker *m, uint32_t field, const char *dir,
                       const char *path, bool keep_slash)
{
    char few[512], *scratch = few;
    size_t need = strlen(path) + strlen(dir) + 6;

    if (need > sizeof few && !(scratch = malloc(need))) {
        llb__call_nomem(&m->c);
        return;
    }
    llb__path_encode(&m->c.g->enc, field, dir, path, keep_slash, scratch);
    if (scratch != few)
        free(scratch);
}

/* Writes an absolute path that is clean as it stands, as nearly all are: no
 * part is empty or begins with a dot. */
static bool put_clean(struct maker *m, uint32_t field, const char *path)
{
    size_t len = 0;

    if (*path != '/')
        return false;
    for (; path[len]; len++)
        if (path[len] == '/' &&
            (path[len + 1] == '/' || !path[len + 1] || path[len + 1] == '.'))
            return false;
    llb__enc_elem(&m->c.g->enc, field, path, len);
    return true;
}

/* The path that a state's dir may come before: encoded if it is absolute. */
static void put_path(struct maker *m, uint32_t field, const char *path,
                     bool keep_slash)
{
    if (!llb__need_text(&m->c, keep_slash ? "dest" : "path", path) ||
        put_clean(m, field, path))
        return;
    if (*path == '/') {
        put_joined(m, field, "", path, keep_slash);
        return;
    }
    m->late.mid_len = part_len(m);
    m->late.path_field = (uint8_t)field;
    m->late.rel_path = llb__copy_text(&m->c, path);
}

static struct maker maker(const llb_actions *a, const char *name,
                          unsigned field)
{
    return (struct maker){.c = begin(a, name), .a.field = field & 15u};
}

/* What depends on the state, kept in the graph; false: the call has failed. */
static bool keep_late(struct maker *m)
{
    if (!m->late.rel_path && !m->late.owner)
        return !m->c.error;
    llb__late *late = llb__alloc(&m->c, sizeof *late);
    if (late)
        *late = m->late;
    m->a.late = late;
    return late != NULL;
}

/* The longer chain. */
static const llb_actions *finish(struct maker *m, const llb_actions *prev)
{
    llb__call *c = &m->c;

    if (!c->error && prev->n == LLB__MAX_ACTIONS)
        llb__call_fail(c, LLB_ELIMIT, "a chain of too many actions");
    if (!keep_late(m))
        return failed_actions(c);
    m->a.g = c->g;
    m->a.prev = prev->n ? prev : NULL;
    m->a.n = (prev->n + 1) & LLB__MAX_ACTIONS;
    m->a.head_len = part_len(m) & INT32_MAX; /* at most a definition */
    m->a.any_from_chain = m->a.from_chain || prev->any_from_chain;
    llb_actions *a = llb__take_object(c, sizeof *a);
    if (!a)
        return failed_actions(c);
    *a = m->a;
    return a;
}

const llb_actions *llb_mkdir(const llb_actions *a, const char *path,
                             uint32_t mode, const llb_mkdir_opts *opts)
{
    struct maker m = maker(a, "llb_mkdir", LLB__ACTION_MKDIR);
    llb_mkdir_opts o = LLB_MKDIR_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts,
                   LLB__FIRST(llb_mkdir_opts, created)))
        return failed_actions(&m.c);
    put_time(&m, 5, o.created);
    put_owner(&m, 4, o.owner);
    llb__enc_u64(&m.c.g->enc, 3, o.parents != 0);
    llb__enc_u64(&m.c.g->enc, 2, mode & 0777);
    put_path(&m, 1, path, false);
    return finish(&m, a);
}

const llb_actions *llb_mkfile(const llb_actions *a, const char *path,
                              uint32_t mode, const void *data, size_t len,
                              const llb_mkfile_opts *opts)
{
    struct maker m = maker(a, "llb_mkfile", LLB__ACTION_MKFILE);
    llb_mkfile_opts o = LLB_MKFILE_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts,
                   LLB__FIRST(llb_mkfile_opts, created)) ||
        !llb__need_list(&m.c, "data", data, len))
        return failed_actions(&m.c);
    if (len > LLB__MAX_DEFINITION)
        llb__call_fail(&m.c, LLB_ELIMIT, "a file of %zu bytes", len);
    if (m.c.error)
        return failed_actions(&m.c);
    put_time(&m, 5, o.created);
    put_owner(&m, 4, o.owner);
    llb__enc_text(&m.c.g->enc, 3, data, len);
    llb__enc_u64(&m.c.g->enc, 2, mode & 0777);
    put_path(&m, 1, path, false);
    return finish(&m, a);
}

const llb_actions *llb_symlink(const llb_actions *a, const char *oldpath,
                               const char *newpath,
                               const llb_symlink_opts *opts)
{
    struct maker m = maker(a, "llb_symlink", LLB__ACTION_SYMLINK);
    llb_symlink_opts o = LLB_SYMLINK_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts,
                   LLB__FIRST(llb_symlink_opts, created)) ||
        !llb__need_text(&m.c, "oldpath", oldpath) ||
        !llb__need_text(&m.c, "newpath", newpath))
        return failed_actions(&m.c);
    put_time(&m, 4, o.created);
    put_owner(&m, 3, o.owner);
    llb__enc_str(&m.c.g->enc, 2, newpath);
    llb__enc_str(&m.c.g->enc, 1, oldpath);
    return finish(&m, a);
}

const llb_actions *llb_rm(const llb_actions *a, const char *path,
                          const llb_rm_opts *opts)
{
    struct maker m = maker(a, "llb_rm", LLB__ACTION_RM);
    llb_rm_opts o = LLB_RM_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts, LLB__FIRST(llb_rm_opts, reserved)))
        return failed_actions(&m.c);
    llb__enc_u64(&m.c.g->enc, 3, o.allow_wildcard != 0);
    llb__enc_u64(&m.c.g->enc, 2, o.allow_not_found != 0);
    put_path(&m, 1, path, false);
    return finish(&m, a);
}

/* ---- Copies -------------------------------------------------------------- */

static void put_texts(struct maker *m, uint32_t field, const char *what,
                      const char *const *list, size_t n)
{
    if (n && llb__need_texts(&m->c, what, list, n))
        for (size_t i = n; i-- > 0;)
            llb__enc_elem(&m->c.g->enc, field, list[i], strlen(list[i]));
}

/* src has been checked; dir is that of its state. */
static void put_copy(struct maker *m, const llb_copy_opts *o, const char *src,
                     const char *dest, const char *dir)
{
    llb__enc *e = &m->c.g->enc;
    bool by_text = o->mode_str && *o->mode_str;

    put_texts(m, 16, "required_paths", o->required_paths, o->n_required_paths);
    if (llb__opt_text(&m->c, "mode_str", o->mode_str))
        llb__enc_str(e, 15, o->mode_str);
    llb__enc_u64(e, 14, o->always_replace != 0);
    put_texts(m, 13, "exclude", o->exclude, o->n_exclude);
    put_texts(m, 12, "include", o->include, o->n_include);
    put_time(m, 11, o->created);
    llb__enc_u64(e, 10, o->allow_empty_wildcard != 0);
    llb__enc_u64(e, 9, o->allow_wildcard != 0);
    llb__enc_u64(e, 8, o->create_dest_path != 0);
    llb__enc_u64(e, 7, o->attempt_unpack != 0);
    llb__enc_u64(e, 6, o->dir_contents_only != 0);
    llb__enc_u64(e, 5, o->follow_symlinks != 0);
    if (!by_text)
        llb__enc_i64(e, 4, o->mode ? *o->mode : -1);
    put_owner(m, 3, o->owner);
    put_path(m, 2, dest, true);
    if (!put_clean(m, 1, src))
        put_joined(m, 1, dir, src, false);
}

const llb_actions *llb_copy(const llb_actions *a, const llb_state *from,
                            const char *src, const char *dest,
                            const llb_copy_opts *opts)
{
    struct maker m = maker(a, "llb_copy", LLB__ACTION_COPY);
    llb_copy_opts o = LLB_COPY_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts,
                   LLB__FIRST(llb_copy_opts, created)) ||
        !llb__need_state(&m.c, "from", from) ||
        !llb__need_text(&m.c, "src", src))
        return failed_actions(&m.c);
    m.a.from.state = from->node ? from : NULL;
    put_copy(&m, &o, src, dest, from->values->dir);
    return finish(&m, a);
}

static bool need_bound(llb__call *c, const llb_bound_actions *b)
{
    if (!c->error && !b)
        llb__call_fail(c, LLB_EINVAL, "from is NULL");
    if (c->error)
        return false;
    if (b->error) {
        c->error = b->error;
        c->failed = b->failed;
    } else if (b->g != c->g) {
        llb__call_fail(c, LLB_EINVAL, "from belongs to another graph");
    }
    return !c->error;
}

const llb_actions *llb_copy_from_actions(const llb_actions *a,
                                         const llb_bound_actions *from,
                                         const char *src, const char *dest,
                                         const llb_copy_opts *opts)
{
    struct maker m = maker(a, "llb_copy_from_actions", LLB__ACTION_COPY);
    llb_copy_opts o = LLB_COPY_OPTS_INIT;

    if (!llb__opts(&m.c, &o, sizeof o, opts,
                   LLB__FIRST(llb_copy_opts, created)) ||
        !need_bound(&m.c, from) || !llb__need_text(&m.c, "src", src))
        return failed_actions(&m.c);
    m.a.from_chain = true;
    m.a.from.chain = &from->chain;
    put_copy(&m, &o, src, dest, from->chain.base->values->dir);
    return finish(&m, a);
}

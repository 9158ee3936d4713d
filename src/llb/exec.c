/* Running commands: the exec, its mounts and what they leave behind. */
#include "exec_int.h"

#include "cons.h"
#include "bounds.h"
#include "nowhere.h"

static const llb_error no_output = {
    LLB_EINVAL,
    {0, 0, 0},
    "llb_exec_add_mount: nothing can be built on a cache, tmpfs or no_output "
    "mount"};

static llb_exec *failed_exec(llb__call *c)
{
    if (!c->g)
        return &llb__nowhere_of(c->error)->exec;
    llb_exec *e = llb__arena_alloc(c->g->arena, sizeof *e);
    if (!e)
        return &llb__nowhere_of(llb__no_memory())->exec;
    e->root.g = c->g;
    e->root.error = c->error;
    e->failed = c->failed;
    return e;
}

enum { MAX_MOUNTS = 1 << 28 }; /* of one exec */

static int compare_dest(const llb__mount *m, const char *dest, size_t len)
{
    size_t n = m->dest_len < len ? m->dest_len : len;
    int c = n ? memcmp(llb__mount_dest(m), dest, n) : 0;

    return c ? c : (m->dest_len > len) - (m->dest_len < len);
}

/* Where a mount at dest is, or belongs. */
static uint32_t find_mount(const llb_exec *e, const char *dest, size_t len,
                           bool *ret_found)
{
    uint32_t lo = 0, hi = e->n_mounts;

    *ret_found = false;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = compare_dest(e->mounts[mid], dest, len);
        if (c == 0) {
            *ret_found = true;
            return mid;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool insert_mount(llb__call *c, llb_exec *e, llb__mount *m)
{
    bool found;
    uint32_t at = find_mount(e, llb__mount_dest(m), m->dest_len, &found);

    if (found) {
        llb__call_fail(c, LLB_EINVAL, "two mounts at \"%.*s\"",
                       (int)(m->dest_len < 100 ? m->dest_len : 100),
                       llb__mount_dest(m));
        return false;
    }
    if (e->n_mounts == e->cap_mounts) {
        if (e->n_mounts > MAX_MOUNTS / 2) {
            llb__call_fail(c, LLB_ELIMIT, "too many mounts");
            return false;
        }
        uint32_t cap = 2 * e->cap_mounts;
        llb__mount **list = llb__alloc_array(c, cap, sizeof(llb__mount *));
        if (!list)
            return false;
        if (e->n_mounts)
            memcpy(list, e->mounts, e->n_mounts * sizeof(llb__mount *));
        e->mounts = list;
        e->cap_mounts = cap;
    }
    memmove(e->mounts + at + 1, e->mounts + at,
            (e->n_mounts - at) * sizeof(llb__mount *));
    e->mounts[at] = m;
    e->n_mounts++;
    return true;
}

static llb__mount_result mount_result(const llb_mount *o)
{
    if (o->readonly)
        return LLB__MOUNT_SOURCE;
    if (o->tmpfs || o->no_output || (o->cache_id && *o->cache_id))
        return LLB__MOUNT_NOTHING;
    return LLB__MOUNT_OUTPUT;
}

static bool check_mount(llb__call *c, const llb_mount *o)
{
    if (!llb__need_text(c, "dest of a mount", o->dest) ||
        !llb__opt_text(c, "selector of a mount", o->selector) ||
        !llb__opt_text(c, "cache_id of a mount", o->cache_id) ||
        !llb__need_enum(c, "sharing of a mount", (int)o->sharing,
                        LLB_CACHE_LOCKED + 1) ||
        !llb__need_enum(c, "content_cache of a mount", (int)o->content_cache,
                        LLB_CONTENT_CACHE_OFF + 1) ||
        (o->source && !llb__need_state(c, "source of a mount", o->source)))
        return false;
    if (o->tmpfs && o->source && o->source->node)
        llb__call_fail(c, LLB_EINVAL,
                       "the tmpfs mount at \"%.100s\" has a source: a tmpfs "
                       "starts empty",
                       o->dest);
    else if (o->content_cache == LLB_CONTENT_CACHE_ON && o->selector &&
             *o->selector && mount_result(o) == LLB__MOUNT_OUTPUT)
        llb__call_fail(c, LLB_EINVAL,
                       "the mount at \"%.100s\" is cached by its contents, "
                       "which BuildKit refuses for a selector that is written "
                       "to: make it readonly or no_output",
                       o->dest);
    return !c->error;
}

enum { MOUNT_CACHE = 3, MOUNT_TMPFS = 4 }; /* pb.MountType */

static void encode_mount_tail(llb__enc *e, const llb_mount *o)
{
    bool cache = o->cache_id && *o->cache_id;
    size_t mark;

    llb__enc_u64(e, 24, (uint64_t)o->content_cache);
    if (cache) {
        mark = llb__enc_len(e);
        llb__enc_u64(e, 2, (uint64_t)o->sharing);
        llb__enc_str(e, 1, o->cache_id);
        llb__enc_wrap(e, 20, mark);
    }
    if (o->tmpfs) {
        mark = llb__enc_len(e);
        llb__enc_i64(e, 1, o->tmpfs_size);
        llb__enc_wrap(e, 19, mark);
    }
    llb__enc_u64(e, 6, o->tmpfs ? MOUNT_TMPFS : cache ? MOUNT_CACHE : 0);
    llb__enc_u64(e, 5, o->readonly != 0);
}

static llb__caps mount_caps(const llb_mount *o)
{
    llb__caps caps = 0;

    if (o->selector && *o->selector)
        caps |= LLB__CAP(EXEC_MOUNT_SELECTOR);
    if (o->cache_id && *o->cache_id)
        caps |= LLB__CAP(EXEC_MOUNT_CACHE) | LLB__CAP(EXEC_MOUNT_SHARING);
    else if (o->tmpfs)
        caps |= LLB__CAP(EXEC_MOUNT_TMPFS) |
                (o->tmpfs_size > 0 ? LLB__CAP(EXEC_MOUNT_TMPFS_SIZE) : 0);
    else if (o->source && o->source->node)
        caps |= LLB__CAP(EXEC_MOUNT_BIND);
    if (o->content_cache != LLB_CONTENT_CACHE_DEFAULT)
        caps |= LLB__CAP(EXEC_MOUNT_CONTENT);
    return caps;
}

/* Makes a mount and adds it to the exec. NULL: the call has failed. */
static llb__mount *add_mount(llb__call *c, llb_exec *x, const llb_mount *o)
{
    llb__enc *e = &c->g->enc;

    if (!check_mount(c, o))
        return NULL;
    encode_mount_tail(e, o);
    size_t tail = llb__enc_len(e);
    llb__enc_str(e, 3, o->dest);
    llb__enc_str(e, 2, o->selector);
    size_t len = llb__enc_len(e);
    if (len > LLB__MAX_DEFINITION)
        llb__call_fail(c, LLB_ELIMIT, "a mount of %zu bytes", len);
    llb__mount *m = llb__take_object(c, sizeof *m);
    if (!m)
        return NULL;
    *m = (llb__mount){
        .source = o->source && o->source->node ? o->source : NULL,
        .fields = (const uint8_t *)(m + 1),
        .head_len = (uint32_t)(len - tail),
        .tail_len = (uint32_t)tail,
        .dest_len = (uint32_t)strlen(o->dest),
        .result = mount_result(o),
    };
    if (!insert_mount(c, x, m))
        return NULL;
    x->node.caps |= mount_caps(o);
    return m;
}

/* The root: like any mount, but made so often that its bytes are shared. */
static bool add_root(llb__call *c, llb_exec *e, const llb_state *base,
                     bool readonly)
{
    static const uint8_t fields[] = {0x1a, 1, '/', 0x28, 1};
    llb__mount *m = &e->root_mount;

    m->source = base->node ? base : NULL;
    m->fields = fields;
    m->head_len = 3;
    m->tail_len = readonly ? 2 : 0;
    m->dest_len = 1;
    m->result = readonly ? LLB__MOUNT_SOURCE : LLB__MOUNT_OUTPUT;
    if (base->node)
        e->node.caps |= LLB__CAP(EXEC_MOUNT_BIND);
    return insert_mount(c, e, m);
}

static bool add_mounts(llb__call *c, llb_exec *e, const llb_run_opts *o)
{
    if (!llb__need_list(c, "mounts", o->mounts, o->n_mounts))
        return false;
    for (size_t i = 0; i < o->n_mounts; i++) {
        llb_mount m = LLB_MOUNT_INIT;
        if (!llb__opts_at(c, &m, sizeof m, o->mounts, i,
                          LLB__FIRST(llb_mount, tmpfs_size)) ||
            !add_mount(c, e, &m))
            return false;
    }
    return true;
}

/* The platform that outputs of the exec carry. */
static const llb__platform *own_platform(const llb_exec *e)
{
    return e->node.cons && e->node.cons->platform
               ? e->node.cons->platform->normal
               : NULL;
}

/* Makes *s what a mount leaves behind, with values. */
static bool mount_state(llb__call *c, llb_state *s, llb_exec *e,
                        const llb__mount *m, const llb__values *values)
{
    if (m->result == LLB__MOUNT_OUTPUT) {
        s->out.mount = m;
        return llb__state_set(c, s, &e->node, values, own_platform(e));
    }
    if (!m->source)
        return llb__state_set(c, s, NULL, values, NULL);
    s->out = m->source->out;
    return llb__state_set(c, s, m->source->node, values,
                          llb__output_platform(m->source));
}

/* The exec of a draft whose meta has been written, with room for its root and n
 * more mounts. */
static llb_exec *exec_new(llb__call *c, const llb_exec *draft, size_t n)
{
    if (n >= MAX_MOUNTS)
        llb__call_fail(c, LLB_ELIMIT, "%zu mounts", n);
    if (c->error)
        return NULL;
    llb_exec *e = llb__take_object(c, sizeof *e);
    if (!e)
        return NULL;
    *e = *draft;
    e->mounts = llb__alloc_array(c, n + 1, sizeof *e->mounts);
    e->cap_mounts = (uint32_t)n + 1;
    return e->mounts ? e : NULL;
}

llb_exec *llb_run(const llb_state *base, const llb_run_opts *opts)
{
    llb__call c = llb__call_on(base, "llb_run");
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const llb__cons *cons;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_run_opts, constraints)))
        return failed_exec(&c);
    c.constraints = o.constraints;
    if ((o.with && !llb__need_state(&c, "with", o.with)) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &cons))
        return failed_exec(&c);
    const llb__values *v = o.with ? o.with->values : base->values;
    llb_exec draft = {
        .node.caps = LLB__CAP(EXEC_META_BASE),
        .platform = cons && cons->platform ? cons->platform : v->platform,
    };
    llb_exec *e = NULL;
    if (llb__exec_encode(&c, &draft, v, &o))
        e = exec_new(&c, &draft, o.n_mounts);
    if (!e || !add_mounts(&c, e, &o) ||
        !add_root(&c, e, base, o.readonly_root != 0))
        return failed_exec(&c);
    llb__node_init(&c, &e->node, LLB__EXEC_NODE, cons);
    if (cons && cons->has_resources)
        e->node.caps |= LLB__CAP(EXEC_META_RESOURCES);
    if (!mount_state(&c, &e->root, e, &e->root_mount, base->values))
        return failed_exec(&c);
    return e;
}

/* The root of an exec, or the failed state that stands for it. */
static const llb_state *root_of(const llb_exec *e)
{
    return e->cap_mounts || !e->failed ? &e->root : e->failed;
}

const llb_state *llb_exec_root(llb_exec *e)
{
    return e ? root_of(e)
             : &llb__nowhere_of(llb__null_error("llb_exec_root"))->state;
}

/* Begins a call on an exec. */
static llb__call begin(const llb_exec *e, const char *name)
{
    llb__call c = llb__call_begin(e ? e->root.g : NULL, name);

    if (e && e->root.error) {
        c.error = e->root.error;
        c.failed = root_of(e);
    }
    return c;
}

const llb_state *llb_exec_mount(llb_exec *e, const char *dest)
{
    llb__call c = begin(e, "llb_exec_mount");
    bool found;

    if (!llb__need_text(&c, "dest", dest))
        return llb__failed(&c);
    uint32_t i = find_mount(e, dest, strlen(dest), &found);
    if (!found)
        llb__call_fail(&c, LLB_ENOENT, "nothing is mounted at \"%.100s\"",
                       dest);
    else if (e->mounts[i]->result == LLB__MOUNT_NOTHING)
        llb__call_fail(&c, LLB_EINVAL,
                       "the mount at \"%.100s\" is a cache, tmpfs or no_output "
                       "mount: nothing of it is kept",
                       dest);
    llb_state *s = llb__alloc(&c, sizeof *s);
    if (!s || !mount_state(&c, s, e, e->mounts[i], &llb__no_values))
        return llb__failed(&c);
    return s;
}

const llb_state *llb_exec_add_mount(llb_exec *e, const llb_mount *mount)
{
    llb__call c = begin(e, "llb_exec_add_mount");
    llb_mount o = LLB_MOUNT_INIT;

    if (!c.error && !mount)
        llb__call_fail(&c, LLB_EINVAL, "mount is NULL");
    if (!c.error && e->closed)
        llb__call_fail(&c, LLB_EINVAL,
                       "a definition has been made of this exec, so it takes "
                       "no more mounts");
    if (!llb__opts(&c, &o, sizeof o, mount, LLB__FIRST(llb_mount, tmpfs_size)))
        return llb__failed(&c);
    llb_state *s = llb__alloc(&c, sizeof *s);
    llb__mount *m = s ? add_mount(&c, e, &o) : NULL;
    if (!m) {
        /* Without the mount it would be another command: nothing of it may be
         * built, what was made of it before included. */
        e->root.error = c.error;
        return llb__failed(&c);
    }
    if (m->result == LLB__MOUNT_NOTHING) {
        c.error = &no_output; /* only an error for who builds on it */
        return llb__failed(&c);
    }
    if (!mount_state(&c, s, e, m,
                     o.source ? o.source->values : &llb__no_values))
        return llb__failed(&c);
    return s;
}

void llb__exec_close(llb_exec *e)
{
    uint32_t n = 0;

    if (e->closed)
        return;
    for (size_t i = 0; i < e->n_mounts; i++)
        if (e->mounts[i]->result == LLB__MOUNT_OUTPUT)
            e->mounts[i]->output = n++ & (MAX_MOUNTS - 1);
    e->closed = true;
}

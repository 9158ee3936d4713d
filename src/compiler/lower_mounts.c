/* What stands in the block of a run: mounts, secrets, agents, and values that
 * only this command sees. */
#include <string.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

static llbc__in_item *add(llbc__eval *e, const llbc__actuals *a,
                          llbc__in_kind kind)
{
    llbc__run_body *b = e->frame->block->body;
    llbc__in_item *item = llbc__eval_alloc(e, 1, sizeof(*item));

    if (!item)
        return NULL;
    *item = (llbc__in_item){.kind = kind, .at = a->whole};
    item->mount = (llb_mount)LLB_MOUNT_INIT;
    item->secret = (llb_secret)LLB_SECRET_INIT;
    item->ssh = (llb_ssh)LLB_SSH_INIT;
    item->device = (llb_cdi_device)LLB_CDI_DEVICE_INIT;
    if (b->last)
        b->last->next = item;
    else
        b->first = item;
    b->last = item;
    b->n++;
    return item;
}

/* A path of the command: relative to its directory, and not the root. NULL
 * after an error. */
static const char *mount_path(llbc__eval *e, const llbc__actuals *a,
                              const char *param)
{
    const char *path = llbc__str_of(a, param);

    if (!path || !*path) {
        llbc__report(e->diags, LLBC__E_MOUNT, llbc__at_of(a, param),
                     "the path is empty");
        return NULL;
    }
    path = llbc__path_join(e->arena, e->frame->block->body->dir, path);
    if (!path) {
        llbc__eval_nomem(e);
    } else if (strcmp(path, "/") == 0) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_MOUNT, llbc__at_of(a, param),
                         "nothing can be mounted over the root");
        llbc__help(n, "start from the other filesystem: from FS");
        return NULL;
    }
    return path;
}

/* Whether the statement counts; a wrong one leaves the run out. */
static bool good(llbc__eval *e, const llbc__actuals *a)
{
    if (a->failed)
        e->frame->block->body->failed = true;
    return !a->failed;
}

static void bad(llbc__eval *e) { e->frame->block->body->failed = true; }

/* A path within the source of a mount. */
static bool read_source(llbc__eval *e, const llbc__actuals *a, llb_mount *m)
{
    const char *source = llbc__str_of(a, "source");

    if (!source)
        return true;
    const char *clean = llbc__path_join(e->arena, "/", source);
    if (!clean) {
        llbc__eval_nomem(e);
        return false;
    }
    if (strcmp(clean, "/") != 0)
        m->selector = clean;
    return true;
}

void llbc__in_mount(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__name *as = &a->stmt->u.call.as;
    llbc__in_item *item = add(e, a, LLBC__IN_MOUNT);

    if (!item)
        return;
    item->as = as->text;
    item->as_at = as->span;
    if (!good(e, a))
        return;
    item->source = llbc__value_of(a, "FS").u.fs;
    item->mount.source = item->source->state;
    item->mount.dest = mount_path(e, a, "PATH");
    bool readonly = llbc__bool_of(a, "readonly", !as->text);
    if (as->text && readonly) {
        llbc__report(e->diags, LLBC__E_MOUNT, llbc__at_of(a, "readonly"),
                     "a mount that binds a name is writable");
        bad(e);
    }
    item->mount.readonly = readonly;
    item->mount.no_output = !readonly && !as->text;
    if (!item->mount.dest || !read_source(e, a, &item->mount))
        bad(e);
}

/* Remembers, over all compilations of the project, for which platform a cache
 * is used. What steps of two platforms leave in one is seldom of use to both.
 */
static void note_cache(llbc__eval *e, const llbc__actuals *a, const char *id)
{
    const llbc__fs *here = e->frame->block->fs;
    const llbc__platform *platform =
        here->platform ? here->platform : e->frame->platform;
    llbc_project *p = e->project;
    size_t n = 0;

    for (const llbc__cache_use *c = p->caches; c; c = c->next, n++) {
        if (strcmp(c->id, id) != 0)
            continue;
        if (strcmp(c->platform, platform->text) != 0) {
            llbc__note *note =
                llbc__report(e->diags, LLBC__W_SHARED_CACHE, a->whole,
                             "steps for %s and %s share the cache \"%s\"",
                             c->platform, platform->text, id);
            if (c->at.file != a->whole.file || c->at.start != a->whole.start)
                llbc__related(note, c->at, "the other one");
            llbc__help(note, "give each its own: id=\"NAME-${platform}\"");
        }
        return;
    }
    llbc__eval_charge(e, n);
    llbc__cache_use *c = llb__arena_alloc(p->arena, sizeof(*c));
    const char *id_copy = llb__arena_strdup(p->arena, id);
    const char *text = llb__arena_strdup(p->arena, platform->text);
    if (!c || !id_copy || !text) {
        llbc__eval_nomem(e);
        return;
    }
    *c = (llbc__cache_use){p->caches, id_copy, text, a->whole};
    p->caches = c;
}

void llbc__in_cache(llbc__eval *e, const llbc__actuals *a)
{
    llbc__in_item *item = good(e, a) ? add(e, a, LLBC__IN_MOUNT) : NULL;
    const char *sharing = llbc__str_of(a, "sharing");
    const char *id = llbc__str_of(a, "id");
    llbc__value from = llbc__value_of(a, "from");

    if (!item)
        return;
    llb_mount *m = &item->mount;
    m->dest = mount_path(e, a, "PATH");
    m->cache_id = id ? id : m->dest;
    if (id && !*id) {
        llbc__report(e->diags, LLBC__E_MOUNT, llbc__at_of(a, "id"),
                     "the id of a cache is empty");
        bad(e);
    }
    if (sharing)
        m->sharing = strcmp(sharing, "locked") == 0    ? LLB_CACHE_LOCKED
                     : strcmp(sharing, "private") == 0 ? LLB_CACHE_PRIVATE
                                                       : LLB_CACHE_SHARED;
    if (from.kind == LLBC__FS) {
        item->source = from.u.fs;
        m->source = from.u.fs->state;
    }
    if (!m->dest || !read_source(e, a, m))
        bad(e);
    else
        note_cache(e, a, m->cache_id);
}

void llbc__in_tmpfs(llbc__eval *e, const llbc__actuals *a)
{
    llbc__in_item *item = good(e, a) ? add(e, a, LLBC__IN_MOUNT) : NULL;

    if (!item)
        return;
    item->mount.tmpfs = 1;
    item->mount.dest = mount_path(e, a, "PATH");
    if (!llbc__size_of(e, a, "size", &item->mount.tmpfs_size) ||
        !item->mount.dest)
        bad(e);
}

/* Permissions of a secret's file or an agent's socket. */
static const uint32_t *read_mode(llbc__eval *e, const llbc__actuals *a,
                                 llbc__in_item *item)
{
    if (!llbc__given(a, "mode"))
        return NULL;
    item->mode = (uint32_t)llbc__bounded_of(e, a, "mode", 0, 0777, 0400);
    return &item->mode;
}

void llbc__in_secret(llbc__eval *e, const llbc__actuals *a)
{
    llbc__in_item *item = good(e, a) ? add(e, a, LLBC__IN_SECRET) : NULL;
    const char *id = llbc__str_of(a, "ID");

    if (!item)
        return;
    llb_secret *s = &item->secret;
    s->id = id;
    s->env = llbc__str_of(a, "env");
    s->optional = llbc__bool_of(a, "optional", false);
    s->uid = (uint32_t)llbc__bounded_of(e, a, "uid", 0, UINT32_MAX, 0);
    s->gid = (uint32_t)llbc__bounded_of(e, a, "gid", 0, UINT32_MAX, 0);
    s->mode = read_mode(e, a, item);
    if (!*id) {
        llbc__report(e->diags, LLBC__E_MOUNT, llbc__at_of(a, "ID"),
                     "the id of a secret is empty");
        bad(e);
    }
    if (llbc__given(a, "PATH"))
        s->dest = mount_path(e, a, "PATH");
    else if (!s->env)
        s->dest =
            llbc__path_join(e->arena, "/run/secrets", *id == '/' ? id + 1 : id);
    if (!s->dest && !s->env)
        bad(e);
}

void llbc__in_ssh(llbc__eval *e, const llbc__actuals *a)
{
    llbc__in_item *item = good(e, a) ? add(e, a, LLBC__IN_SSH) : NULL;

    if (!item)
        return;
    llb_ssh *s = &item->ssh;
    s->id = llbc__str_of(a, "id");
    s->optional = llbc__bool_of(a, "optional", false);
    s->uid = (uint32_t)llbc__bounded_of(e, a, "uid", 0, UINT32_MAX, 0);
    s->gid = (uint32_t)llbc__bounded_of(e, a, "gid", 0, UINT32_MAX, 0);
    s->mode = read_mode(e, a, item);
    if (!llbc__given(a, "PATH"))
        return;
    s->target = mount_path(e, a, "PATH");
    if (!s->target)
        bad(e);
}

void llbc__in_device(llbc__eval *e, const llbc__actuals *a)
{
    llbc__in_item *item = good(e, a) ? add(e, a, LLBC__IN_DEVICE) : NULL;

    if (!item)
        return;
    item->device.name = llbc__str_of(a, "NAME");
    item->device.optional = llbc__bool_of(a, "optional", false);
}

void llbc__in_env(llbc__eval *e, const llbc__actuals *a)
{
    llbc__run_body *b = e->frame->block->body;

    if (!good(e, a))
        return;
    if (llbc__check_env_names(e, a))
        b->with = llbc__with_env(e, a, b->with);
    else
        bad(e);
}

void llbc__in_host(llbc__eval *e, const llbc__actuals *a)
{
    llbc__run_body *b = e->frame->block->body;

    if (!good(e, a))
        return;
    const llb_state *s = llb_extra_host(b->with, llbc__str_of(a, "NAME"),
                                        llbc__str_of(a, "ADDRESS"));
    if (llbc__state_ok(e, s, llbc__at_of(a, "ADDRESS")))
        b->with = s;
    else
        bad(e);
}

void llbc__in_ulimit(llbc__eval *e, const llbc__actuals *a)
{
    llbc__run_body *b = e->frame->block->body;

    if (!good(e, a))
        return;
    int64_t soft = llbc__int_of(a, "SOFT", 0);
    b->with = llb_ulimit(b->with, llbc__str_of(a, "NAME"), soft,
                         llbc__int_of(a, "HARD", soft));
}

/* Statements on files: mkdir, mkfile, rm, symlink. Each is one file operation.
 */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"
#include "lower_file.h"

static bool is_number(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

/* "user[:group]"; names are looked up in the files at hand, so there must be
 * some. */
static bool read_owner(llbc__eval *e, const llbc__actuals *a,
                       llbc__file_step *f)
{
    const char *text = llbc__str_of(a, "chown");

    if (!text)
        return true;
    size_t user_len = strcspn(text, ":");
    const char *group = text[user_len] ? text + user_len + 1 : "";
    if (!user_len || strchr(group, ':')) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "chown"),
                         "\"%s\" is no owner", text);
        llbc__help(n, "write \"user\" or \"user:group\", names or numbers");
        return false;
    }
    if (llb_state_is_scratch(f->base->state) &&
        !(is_number(text, user_len) && is_number(group, strlen(group)))) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_OWNER, llbc__at_of(a, "chown"),
                         "an empty filesystem knows no user names");
        llbc__help(n, "write numbers: chown=\"1000:1000\"");
        return false;
    }
    f->owner = (llb_owner)LLB_OWNER_INIT;
    f->owner.user = text;
    f->has_owner = true;
    return true;
}

bool llbc__file_start(llbc__eval *e, const llbc__actuals *a, const llbc__fs *on,
                      llbc__file_step *f)
{
    *f = (llbc__file_step){.base = on};
    if (a->failed || !read_owner(e, a, f))
        return false;
    if (llbc__given(a, "timestamp")) {
        f->has_time = true;
        f->time.sec =
            llbc__bounded_of(e, a, "timestamp", 0, INT64_MAX / 1000000000, 0);
    }
    return !e->stopped;
}

const llbc__fs *llbc__file_apply(llbc__eval *e, const llbc__file_step *f,
                                 const llb_actions *acts, const llbc__fs *from)
{
    llbc__op_places places;
    llbc__node *node = llbc__node_new(e, 2);
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));

    if (!node || !fs)
        return NULL;
    llb_constraints c = llbc__constraints(e, &places);
    const llb_state *s = llb_file(f->base->state, acts, &c);
    if (!llbc__state_ok(e, s, e->frame->stmt))
        return NULL;
    *fs = *f->base;
    fs->state = s;
    node->needs[0] = f->base->node;
    node->needs[1] = from ? from->node : NULL;
    fs->node = node;
    return fs;
}

bool llbc__file_named(llbc__eval *e, const char *path, llb_span at)
{
    if (*path)
        return true;
    llbc__report(e->diags, LLBC__E_VALUE, at, "the path is empty");
    return false;
}

void llbc__do_mkdir(llbc__eval *e, const llbc__actuals *a)
{
    llb_mkdir_opts o = LLB_MKDIR_OPTS_INIT;
    const llb_actions *acts = llb_actions_new(e->graph);
    llbc__file_step f;

    if (!llbc__file_start(e, a, e->frame->block->fs, &f))
        return;
    llbc__value paths = llbc__value_of(a, "PATH");
    uint32_t mode = (uint32_t)llbc__bounded_of(e, a, "mode", 0, 0777, 0755);
    o.parents = 1;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = paths.u.list[i].u.str;
        if (!llbc__file_named(e, path, llbc__at_of(a, "PATH")))
            return;
        acts = llb_mkdir(acts, path, mode, &o);
    }
    if (paths.n)
        llbc__set_here(e, llbc__file_apply(e, &f, acts, NULL));
}

void llbc__do_mkfile(llbc__eval *e, const llbc__actuals *a)
{
    llb_mkfile_opts o = LLB_MKFILE_OPTS_INIT;
    llbc__file_step f;

    if (!llbc__file_start(e, a, e->frame->block->fs, &f))
        return;
    const char *path = llbc__str_of(a, "PATH");
    llbc__value text = llbc__value_of(a, "TEXT");
    uint32_t mode = (uint32_t)llbc__bounded_of(e, a, "mode", 0, 0777, 0644);
    if (!llbc__file_named(e, path, llbc__at_of(a, "PATH")))
        return;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    const llb_actions *acts = llb_mkfile(llb_actions_new(e->graph), path, mode,
                                         text.u.str, text.n, &o);
    llbc__set_here(e, llbc__file_apply(e, &f, acts, NULL));
}

void llbc__do_rm(llbc__eval *e, const llbc__actuals *a)
{
    llb_rm_opts o = LLB_RM_OPTS_INIT;
    const llb_actions *acts = llb_actions_new(e->graph);
    llbc__file_step f;

    if (!llbc__file_start(e, a, e->frame->block->fs, &f))
        return;
    llbc__value paths = llbc__value_of(a, "PATH");
    o.allow_wildcard = llbc__bool_of(a, "wildcard", false);
    o.allow_not_found = llbc__bool_of(a, "allow_missing", false);
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = paths.u.list[i].u.str;
        if (!llbc__file_named(e, path, llbc__at_of(a, "PATH")))
            return;
        acts = llb_rm(acts, path, &o);
    }
    if (paths.n)
        llbc__set_here(e, llbc__file_apply(e, &f, acts, NULL));
}

void llbc__do_symlink(llbc__eval *e, const llbc__actuals *a)
{
    llb_symlink_opts o = LLB_SYMLINK_OPTS_INIT;
    llbc__file_step f;

    if (!llbc__file_start(e, a, e->frame->block->fs, &f))
        return;
    const char *target = llbc__str_of(a, "TARGET");
    const char *link = llbc__str_of(a, "LINK");
    if (!llbc__file_named(e, target, llbc__at_of(a, "TARGET")) ||
        !llbc__file_named(e, link, llbc__at_of(a, "LINK")))
        return;
    o.owner = f.has_owner ? &f.owner : NULL;
    o.created = f.has_time ? &f.time : NULL;
    /* libllb takes both paths letter for letter. */
    link = llbc__path_join(e->arena, llb_state_dir(f.base->state), link);
    if (!link) {
        llbc__eval_nomem(e);
        return;
    }
    const llb_actions *acts =
        llb_symlink(llb_actions_new(e->graph), target, link, &o);
    llbc__set_here(e, llbc__file_apply(e, &f, acts, NULL));
}

/* Statements that change files, and chains of file actions. */
#include "driver.h"

#include <stdio.h>
#include <string.h>

static const llb_owner *take_owner(struct play *p, json_t *o)
{
    json_t *owner = take_object(p, o, "owner");
    llb_owner *ret = play_alloc(p, 1, sizeof *ret);

    if (!owner)
        return NULL;
    *ret = (llb_owner)LLB_OWNER_INIT;
    ret->user = take_text(p, owner, "user");
    json_t *ids = take_list(p, owner, "uid_gid");
    if (ids) {
        ret->uid = (uint32_t)int_of(p, json_array_get(ids, 0));
        ret->gid = (uint32_t)int_of(p, json_array_get(ids, 1));
    }
    done(p, owner, "owner");
    return ret;
}

static const llb_time *take_created(struct play *p, json_t *o)
{
    json_t *created = take_object(p, o, "created");
    llb_time *t = play_alloc(p, 1, sizeof *t);

    if (!created)
        return NULL;
    t->sec = take_int(p, created, "sec");
    t->nsec = take_int(p, created, "nsec");
    done(p, created, "created");
    return t;
}

static const llb_actions *mkdir_action(struct play *p, const llb_actions *a,
                                       json_t *o)
{
    llb_mkdir_opts opts = LLB_MKDIR_OPTS_INIT;
    const char *path = need_text(p, o, "path");
    uint32_t mode = (uint32_t)take_int(p, o, "mode");

    opts.parents = take_bool(p, o, "parents");
    opts.owner = take_owner(p, o);
    opts.created = take_created(p, o);
    return llb_mkdir(a, path, mode, &opts);
}

static const llb_actions *mkfile_action(struct play *p, const llb_actions *a,
                                        json_t *o)
{
    llb_mkfile_opts opts = LLB_MKFILE_OPTS_INIT;
    const char *path = need_text(p, o, "path");
    const char *hex = need_text(p, o, "data_hex");
    uint32_t mode = (uint32_t)take_int(p, o, "mode");
    size_t len = strlen(hex) / 2;
    unsigned char *data = play_alloc(p, len, 1);

    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            play_fail(p, "data_hex is no hex");
        data[i] = (unsigned char)byte;
    }
    opts.owner = take_owner(p, o);
    opts.created = take_created(p, o);
    return llb_mkfile(a, path, mode, data, len, &opts);
}

static const llb_actions *symlink_action(struct play *p, const llb_actions *a,
                                         json_t *o)
{
    llb_symlink_opts opts = LLB_SYMLINK_OPTS_INIT;
    const char *oldpath = need_text(p, o, "oldpath");
    const char *newpath = need_text(p, o, "newpath");

    opts.owner = take_owner(p, o);
    opts.created = take_created(p, o);
    return llb_symlink(a, oldpath, newpath, &opts);
}

static const llb_actions *rm_action(struct play *p, const llb_actions *a,
                                    json_t *o)
{
    llb_rm_opts opts = LLB_RM_OPTS_INIT;
    const char *path = need_text(p, o, "path");

    opts.allow_not_found = take_bool(p, o, "allow_not_found");
    opts.allow_wildcard = take_bool(p, o, "allow_wildcard");
    return llb_rm(a, path, &opts);
}

static const llb_actions *copy_action(struct play *p, const llb_actions *a,
                                      json_t *o)
{
    llb_copy_opts c = LLB_COPY_OPTS_INIT;
    const struct value *from = value_of(p, need_text(p, o, "from"));
    const char *src = need_text(p, o, "src"), *dest = need_text(p, o, "dest");
    int64_t *mode = take_int_ptr(p, o, "mode");
    int32_t mode32 = mode ? (int32_t)*mode : 0;

    c.mode = mode ? &mode32 : NULL;
    c.mode_str = take_text(p, o, "mode_str");
    c.follow_symlinks = take_bool(p, o, "follow_symlinks");
    c.dir_contents_only = take_bool(p, o, "dir_contents_only");
    c.include = take_texts(p, o, "include", &c.n_include);
    c.exclude = take_texts(p, o, "exclude", &c.n_exclude);
    c.required_paths = take_texts(p, o, "required_paths", &c.n_required_paths);
    c.attempt_unpack = take_bool(p, o, "attempt_unpack");
    c.create_dest_path = take_bool(p, o, "create_dest_path");
    c.allow_wildcard = take_bool(p, o, "allow_wildcard");
    c.allow_empty_wildcard = take_bool(p, o, "allow_empty_wildcard");
    c.always_replace = take_bool(p, o, "always_replace");
    c.owner = take_owner(p, o);
    c.created = take_created(p, o);
    if (from->actions)
        return llb_copy_from_actions(a, from->actions, src, dest, &c);
    return llb_copy(a, from->state, src, dest, &c);
}

static const llb_actions *add_action(struct play *p, const llb_actions *a,
                                     json_t *action)
{
    json_t *o;
    const char *name = only_member(p, action, &o);

    if (strcmp(name, "mkdir") == 0)
        a = mkdir_action(p, a, o);
    else if (strcmp(name, "mkfile") == 0)
        a = mkfile_action(p, a, o);
    else if (strcmp(name, "symlink") == 0)
        a = symlink_action(p, a, o);
    else if (strcmp(name, "rm") == 0)
        a = rm_action(p, a, o);
    else if (strcmp(name, "copy") == 0)
        a = copy_action(p, a, o);
    else
        play_fail(p, "unknown file action \"%s\"", name);
    done(p, o, name);
    return a;
}

static const llb_actions *take_actions(struct play *p, json_t *st)
{
    json_t *list = take_list(p, st, "actions");
    const llb_actions *a = llb_actions_new(p->graph);

    for (size_t i = 0; i < json_array_size(list); i++)
        a = add_action(p, a, json_array_get(list, i));
    return a;
}

bool play_file(struct play *p, const char *op, json_t *st, struct value *v)
{
    if (strcmp(op, "file") != 0 && strcmp(op, "actions") != 0)
        return false;
    const llb_state *base = take_state(p, st, "base");
    const llb_actions *a = take_actions(p, st);
    if (strcmp(op, "actions") == 0)
        v->actions = llb_actions_bind(a, base);
    else
        v->state = llb_file(base, a, take_constraints(p, st));
    return true;
}

/* Chains of file actions. */
#include "graph_program.h"

static const llb_owner *owner(struct program *p)
{
    llb_owner *o = options(p, sizeof *o);

    o->uid = (uint32_t)number(p);
    o->user = opt_text(p);
    return byte(p) % 2 ? o : NULL;
}

static const llb_time *created(struct program *p)
{
    llb_time *t = temp(p, sizeof *t);

    t->sec = (int64_t)number(p);
    t->nsec = (int64_t)number(p);
    return byte(p) % 2 ? t : NULL;
}

static const llb_copy_opts *copy_opts(struct program *p)
{
    llb_copy_opts *o = options(p, sizeof *o);
    int32_t *mode = temp(p, sizeof *mode);
    uint8_t b = byte(p);

    o->follow_symlinks = b & 1;
    o->dir_contents_only = b & 2;
    o->attempt_unpack = b & 4;
    o->create_dest_path = b & 8;
    o->allow_wildcard = b & 16;
    o->allow_empty_wildcard = b & 32;
    o->always_replace = b & 64;
    *mode = (int32_t)number(p);
    o->mode = byte(p) % 2 ? mode : NULL;
    o->mode_str = opt_text(p);
    o->include = texts(p, &o->n_include);
    o->exclude = texts(p, &o->n_exclude);
    o->required_paths = texts(p, &o->n_required_paths);
    o->owner = owner(p);
    o->created = created(p);
    return b & 128 ? NULL : o;
}

static const llb_actions *make(struct program *p, const llb_actions *a)
{
    llb_mkdir_opts *dir = options(p, sizeof *dir);
    llb_mkfile_opts *file = options(p, sizeof *file);
    llb_rm_opts *rm = options(p, sizeof *rm);
    uint32_t mode = (uint32_t)number(p);
    const char *data = text(p);

    switch (byte(p) % 4) {
    case 0:
        dir->parents = byte(p) % 2;
        dir->owner = owner(p);
        dir->created = created(p);
        return llb_mkdir(a, text(p), mode, dir);
    case 1:
        file->owner = owner(p);
        file->created = created(p);
        /* One byte, or a length without any. */
        return llb_mkfile(a, text(p), mode, data, !data || *data, file);
    case 2:
        return llb_symlink(a, text(p), data, byte(p) % 2 ? file : NULL);
    default:
        rm->allow_not_found = byte(p) % 2;
        rm->allow_wildcard = byte(p) % 2;
        return llb_rm(a, text(p), rm);
    }
}

static const llb_actions *pick_actions(struct program *p)
{
    uint8_t b = byte(p);

    return b % 4 == 0 ? llb_actions_new(pick_graph(p))
                      : p->actions[b % MAX_OTHERS];
}

const llb_state *call_action(struct program *p)
{
    const llb_actions *a = pick_actions(p);
    uint8_t b = byte(p) % 8;

    if (b < 4) {
        a = make(p, a);
    } else if (b < 6) {
        const llb_copy_opts *o = copy_opts(p);
        const char *src = text(p), *dest = text(p);
        a = llb_copy(a, pick_state(p), src, dest, o);
    } else {
        const llb_copy_opts *o = copy_opts(p);
        const char *src = text(p), *dest = text(p);
        a = llb_copy_from_actions(a, p->bound[byte(p) % MAX_OTHERS], src, dest,
                                  o);
    }
    check(a != NULL);
    p->actions[p->n_actions++ % MAX_OTHERS] = a;
    return llb_file(pick_state(p), a, constraints(p));
}

const llb_state *call_file(struct program *p)
{
    const llb_actions *a = pick_actions(p);
    const llb_bound_actions *b = llb_actions_bind(a, pick_state(p));

    check(b != NULL);
    p->bound[p->n_bound++ % MAX_OTHERS] = b;
    return llb_file(pick_state(p), a, constraints(p));
}

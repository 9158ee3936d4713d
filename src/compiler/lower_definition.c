/* Filesystems that compiled definitions make: read from a file of the project,
 * or built by the daemon from a file that an earlier step made. */
#include <stdlib.h>
#include <string.h>

#include <llb/marshal.h>
#include <llb/merge.h>

#include "bounds.h"
#include "builtins_impl.h"
#include "eval.h"

/* The definition in the bytes, which are freed; NULL after a reported error. */
static llb_def *parse(llbc__eval *e, const llbc__actuals *a, char *data,
                      size_t len)
{
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    llb_def *def = NULL;
    llb_status st =
        llb_def_parse(data, len, LLB_DEF_TAKE | LLB_DEF_EMPTY_OK, &def, &err);

    if (st == LLB_OK)
        return def;
    free(data);
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(e);
    else
        llbc__report(e->diags, LLBC__E_LOCAL, llbc__at_of(a, "PATH"), "%s",
                     err.message);
    return NULL;
}

/* A folder that the definition asks for, as `locals=` names it. */
static bool add_folder(llbc__eval *e, const llbc__actuals *a, const char *name)
{
    llbc__value map = llbc__value_of(a, "locals");
    const llbc__value *path =
        map.kind == LLBC__MAP ? llbc__map_find(map, name) : NULL;
    llb_span at = llbc__at_of(a, path ? "locals" : "PATH");

    if (!path) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_LOCAL, at,
                         "the definition asks for a folder \"%s\"", name);
        llbc__help(n, "name it: locals={\"%s\": \".\"}", name);
        return false;
    }
    const char *in_root,
        *full = llbc__folder_path(e, path->u.str, at, &in_root);
    name = full ? llbc__eval_strndup(e, name, strlen(name)) : NULL;
    return name && llbc__add_local(e, name, full, at);
}

static bool add_folders(llbc__eval *e, const llbc__actuals *a,
                        const llb_def *def)
{
    llb_def_needs *needs = NULL;
    bool good = true;

    if (llb_def_needs_of(def, &needs, NULL) != LLB_OK) {
        llbc__eval_nomem(e);
        return false;
    }
    for (size_t i = 0; i < needs->n && good; i++) {
        if (needs->list[i].kind == LLB_NEED_LOCAL)
            good = add_folder(e, a, needs->list[i].name);
    }
    llb_def_needs_free(needs);
    return good;
}

/* Platform of the op that gives the result; NULL: it has none. */
static const llbc__platform *platform_of(llbc__eval *e, const llbc__actuals *a,
                                         const llb_def *def)
{
    size_t result = llb_def_op_input(def, llb_def_n_ops(def) - 1, 0, NULL);
    llb_def_platform p;

    if (!llb_def_op_platform(def, result, &p) || !p.os_len || !p.arch_len)
        return NULL;
    const char *text = llbc__eval_printf(
        e, "%.*s/%.*s%s%.*s", (int)p.os_len, p.os, (int)p.arch_len, p.arch,
        p.variant_len ? "/" : "", (int)p.variant_len, p.variant);
    return text ? llbc__platform_make(e->arena, e->diags, text,
                                      llbc__at_of(a, "PATH"))
                : NULL;
}

/* The graph goes on from the definition. */
static llbc__value go_on(llbc__eval *e, const llbc__actuals *a, llb_def *def)
{
    if (!add_folders(e, a, def))
        return llbc__no_value();
    if (!llb_def_n_ops(def))
        return llbc__fs_value(llbc__fs_scratch(e));
    llbc__eval_charge(e, llb_def_n_ops(def));
    return llbc__source_fs(e, llb_state_from_def(e->graph, def),
                           &llbc__no_config, platform_of(e, a, def));
}

llbc__value llbc__fn_definition(llbc__eval *e, const llbc__actuals *a)
{
    char *data;
    size_t len;

    if (!llbc__project_read(e, a, "PATH", LLB__MAX_DEFINITION, &data, &len))
        return llbc__no_value();
    llb_def *def = parse(e, a, data, len);
    llbc__value v = def ? go_on(e, a, def) : llbc__no_value();
    llb_def_free(def);
    return v;
}

llbc__value llbc__fn_llb_build(llbc__eval *e, const llbc__actuals *a)
{
    llb_build_opts o = LLB_BUILD_OPTS_INIT;
    const llbc__fs *from = llbc__value_of(a, "FS").u.fs;
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    llbc__node *node = llbc__node_new(e, 1);
    llbc__op_places places;

    if (!fs || !node)
        return llbc__no_value();
    llb_constraints c = llbc__constraints(e, &places);
    o.constraints = &c;
    o.filename = llbc__str_of(a, "file");
    const llb_state *s = llb_build(from->state, &o);
    if (!llbc__state_ok(e, s, a->whole))
        return llbc__no_value();
    /* Files only: what the definition makes has nothing of its carrier. */
    node->needs[0] = from->node;
    *fs = (llbc__fs){.state = llb_reset(s, llb_scratch(e->graph)),
                     .config = &llbc__no_config,
                     .node = node};
    return llbc__fs_value(fs);
}

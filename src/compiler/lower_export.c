/* What a target says about its outputs and caches, in BuildKit's words. */
#include <string.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

/* Attributes while they are collected. */
typedef struct attrs {
    llbc_pair *items;
    size_t n, cap;
} attrs;

static void add_attr(llbc__eval *e, attrs *to, const char *key,
                     const char *value)
{
    llbc_pair *slot = LLBC__PUSH(e, to->items, to->n, to->cap);

    if (slot)
        *slot = (llbc_pair){key, value};
}

/* BuildKit's name of an option: dashes for the underlines, but for those that
 * it spells in another way. */
static const char *attr_name(llbc__eval *e, const char *option, bool cache)
{
    static const char dashed[] = " ignore_error oci_mediatypes image_manifest "
                                 "force_compression compression_level ";
    char *name;

    if (strcmp(option, "registry_insecure") == 0)
        return "registry.insecure";
    if (cache && !llbc__listed(dashed, option))
        return option;
    name = llb__arena_strdup(e->arena, option);
    if (!name) {
        llbc__eval_nomem(e);
        return option;
    }
    for (char *s = name; *s; s++) {
        if (*s == '_')
            *s = '-';
    }
    return name;
}

static void add_map(llbc__eval *e, attrs *to, llbc__value map)
{
    for (size_t i = 0; i < map.n && !e->stopped; i++) {
        size_t len;
        const char *key =
            llbc__eval_printf(e, "annotation.%s", map.u.map[i].key);
        const char *value =
            llbc__value_text(e->arena, map.u.map[i].value, &len);
        add_attr(e, to, key, value ? value : "");
    }
}

static void add_options(llbc__eval *e, const llbc__actuals *a, attrs *to,
                        bool cache)
{
    for (size_t i = 0; i < a->sig->n_options && !e->stopped; i++) {
        const char *name = a->sig->options[i].name;
        size_t len;
        if (!a->options[i].given)
            continue;
        if (a->options[i].value.kind == LLBC__MAP) {
            add_map(e, to, a->options[i].value);
            continue;
        }
        const char *text =
            llbc__value_text(e->arena, a->options[i].value, &len);
        add_attr(e, to, attr_name(e, name, cache), text ? text : "");
    }
}

/* The arguments of the exporter or cache that the statement names. NULL after
 * an error. */
static llbc__actuals *inner(llbc__eval *e, const llbc__actuals *a,
                            llbc__role role, const llbc__builtin **ret_b)
{
    const llbc__actual *what = llbc__arg_of(a, "WHAT");
    const llbc__expr *x = what ? what->expr : NULL;

    if (!x || x->kind != LLBC__EXPR_CALL ||
        x->u.call.callee->kind != LLBC__EXPR_NAME)
        return NULL;
    *ret_b = llbc__builtin_find(x->u.call.callee->u.name.text, role);
    const llbc__sig *sig =
        *ret_b ? llbc__builtin_sig(e->sigs, e->project->arena, *ret_b) : NULL;
    if (!sig)
        return NULL;
    llbc__actuals *in = llbc__eval_args(e, sig, &x->u.call.args,
                                        x->u.call.callee->span, x->span);
    return in && !in->failed ? in : NULL;
}

/* Absolute path of a file or folder on this side. */
static const char *dest_path(llbc__eval *e, const char *rel)
{
    const char *path = llbc__path_join(e->arena, e->frame->unit->dir, rel);

    if (!path)
        llbc__eval_nomem(e);
    return path;
}

static bool outside(llbc__eval *e, const char *path)
{
    const char *root = e->project->root;
    size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

    return strncmp(path, root, n) != 0 || (path[n] && path[n] != '/');
}

/* The names of an image, with commas as BuildKit has them. */
static const char *names(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value list = llbc__value_of(a, "NAME");
    llb__buf b = LLB__BUF_INIT;

    for (size_t i = 0; i < list.n; i++) {
        if (i)
            llb__buf_addc(&b, ',');
        llb__buf_add(&b, list.u.list[i].u.str, list.u.list[i].n);
    }
    llbc__value v = llbc__eval_take(e, &b, a->whole);
    return v.kind == LLBC__STRING ? v.u.str : "";
}

void llbc__do_export(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__builtin *b;
    llbc__actuals *in = a->failed ? NULL : inner(e, a, LLBC__EXPORTER, &b);
    attrs to = {NULL, 0, 0};
    llbc_export x = {.at = a->whole};

    if (!in)
        return;
    x.type = b->name;
    const char *dest = llbc__str_of(in, "DEST");
    if (dest) {
        x.dest = dest_path(e, dest);
        x.outside_root = x.dest && outside(e, x.dest);
    }
    if (strcmp(b->name, "image") == 0) {
        const char *name = names(e, in);
        if (*name)
            add_attr(e, &to, "name", name);
        if (!*name && llbc__bool_of(in, "push", false)) {
            llbc__report(e->diags, LLBC__E_VALUE, in->at,
                         "an image without a name cannot be pushed");
            return;
        }
    }
    add_options(e, in, &to, false);
    x.attrs = to.items;
    x.n_attrs = to.n;
    llbc_export *slot = LLBC__PUSH(e, e->found.exports, e->found.n_exports,
                                   e->found.cap_exports);
    if (slot)
        *slot = x;
}

static void add_cache(llbc__eval *e, const llbc__actuals *a, bool write)
{
    const llbc__builtin *b;
    llbc__actuals *in = a->failed ? NULL : inner(e, a, LLBC__CACHE, &b);
    attrs to = {NULL, 0, 0};

    if (!in)
        return;
    if (!write && strcmp(b->name, "inline") == 0) {
        llbc__note *n = llbc__report(e->diags, LLBC__E_VALUE, in->at,
                                     "an inline cache is read from its image");
        llbc__help(n, "write cache_from registry(\"NAME\") with the name of "
                      "the image");
        return;
    }
    const char *ref = llbc__str_of(in, "REF"), *path = llbc__str_of(in, "PATH");
    if (ref)
        add_attr(e, &to, "ref", ref);
    if (path)
        add_attr(e, &to, write ? "dest" : "src", dest_path(e, path));
    add_options(e, in, &to, true);
    llbc_cache *slot =
        LLBC__PUSH(e, e->found.caches, e->found.n_caches, e->found.cap_caches);
    if (slot)
        *slot = (llbc_cache){write, b->name, to.items, to.n, a->whole};
}

void llbc__do_cache_from(llbc__eval *e, const llbc__actuals *a)
{
    add_cache(e, a, false);
}

void llbc__do_cache_to(llbc__eval *e, const llbc__actuals *a)
{
    add_cache(e, a, true);
}

/* Functions on lists and maps, and on what lies around the program. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"
#include "file.h"
#include "utf8.h"

llbc__value llbc__fn_contains(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value in = llbc__value_of(a, "IN"), what = llbc__value_of(a, "WHAT");

    if (in.kind == LLBC__LIST) {
        for (size_t i = 0; i < in.n; i++) {
            if (!llbc__eval_step(e, a->whole))
                return llbc__no_value();
            if (llbc__value_equal(in.u.list[i], what))
                return llbc__bool_value(true);
        }
        return llbc__bool_value(false);
    }
    if (what.kind != LLBC__STRING) {
        llbc__report(e->diags, LLBC__E_TYPE, llbc__at_of(a, "WHAT"),
                     "a string or map is asked for a string");
        return llbc__no_value();
    }
    return llbc__bool_value(in.kind == LLBC__MAP
                                ? llbc__map_find(in, what.u.str) != NULL
                                : strstr(in.u.str, what.u.str) != NULL);
}

llbc__value llbc__fn_len(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__value_of(a, "OF");
    int64_t n = 0;

    (void)e;
    if (v.kind != LLBC__STRING)
        return llbc__int_value((int64_t)v.n);
    for (size_t i = 0; i < v.n; i++)
        n += ((unsigned char)v.u.str[i] & 0xc0) != 0x80;
    return llbc__int_value(n);
}

llbc__value llbc__fn_range(llbc__eval *e, const llbc__actuals *a)
{
    bool two = llbc__given(a, "END");
    int64_t first = two ? llbc__int_of(a, "FIRST", 0) : 0;
    int64_t end = llbc__int_of(a, two ? "END" : "FIRST", 0), n;

    if (end <= first)
        return llbc__list_value(NULL, 0);
    if (__builtin_sub_overflow(end, first, &n) || n > LLBC__MAX_ELEMENTS) {
        llbc__report(e->diags, LLBC__E_TOO_LARGE, a->whole,
                     "a list of more than %d elements", LLBC__MAX_ELEMENTS);
        return llbc__no_value();
    }
    llbc__value *items = llbc__eval_alloc(e, (size_t)n, sizeof(*items));
    for (int64_t i = 0; items && i < n; i++)
        items[i] = llbc__int_value(first + i);
    return items ? llbc__list_value(items, (size_t)n) : llbc__no_value();
}

static int order(const void *a, const void *b)
{
    return llbc__value_order(*(const llbc__value *)a, *(const llbc__value *)b);
}

/* A copy of a list whose elements have an order. NULL after an error. */
static llbc__value *sorted(llbc__eval *e, const llbc__actuals *a,
                           llbc__value list)
{
    if (list.n && list.u.list[0].kind != LLBC__STRING &&
        list.u.list[0].kind != LLBC__INT) {
        llbc__report(e->diags, LLBC__E_TYPE, llbc__at_of(a, "LIST"),
                     "only strings and ints have an order");
        return NULL;
    }
    llbc__value *items = llbc__eval_alloc(e, list.n, sizeof(*items));
    if (items && list.n) {
        memcpy(items, list.u.list, list.n * sizeof(*items));
        qsort(items, list.n, sizeof(*items), order);
    }
    return items;
}

llbc__value llbc__fn_sort(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value list = llbc__value_of(a, "LIST");
    llbc__value *items = sorted(e, a, list);

    return items ? llbc__list_value(items, list.n) : llbc__no_value();
}

llbc__value llbc__fn_unique(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value list = llbc__value_of(a, "LIST");
    llbc__value *items = llbc__eval_alloc(e, list.n, sizeof(*items));
    size_t n = 0;

    for (size_t i = 0; items && i < list.n; i++) {
        bool seen = false;
        for (size_t k = 0; k < n && !seen; k++) {
            if (!llbc__eval_step(e, a->whole))
                return llbc__no_value();
            seen = llbc__value_equal(items[k], list.u.list[i]);
        }
        if (!seen)
            items[n++] = list.u.list[i];
    }
    return items ? llbc__list_value(items, n) : llbc__no_value();
}

llbc__value llbc__fn_keys(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value map = llbc__value_of(a, "MAP");
    llbc__value *items = llbc__eval_alloc(e, map.n, sizeof(*items));

    for (size_t i = 0; items && i < map.n; i++)
        items[i] = llbc__text_value(map.u.map[i].key);
    return items ? llbc__list_value(items, map.n) : llbc__no_value();
}

llbc__value llbc__fn_values(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value map = llbc__value_of(a, "MAP");
    llbc__value *items = llbc__eval_alloc(e, map.n, sizeof(*items));

    for (size_t i = 0; items && i < map.n; i++)
        items[i] = map.u.map[i].value;
    return items ? llbc__list_value(items, map.n) : llbc__no_value();
}

llbc__value llbc__fn_has(llbc__eval *e, const llbc__actuals *a)
{
    (void)e;
    return llbc__bool_value(llbc__map_find(llbc__value_of(a, "MAP"),
                                           llbc__str_of(a, "KEY")) != NULL);
}

llbc__value llbc__fn_get(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__value *v =
        llbc__map_find(llbc__value_of(a, "MAP"), llbc__str_of(a, "KEY"));

    (void)e;
    return v ? *v : llbc__value_of(a, "DEFAULT");
}

/* --- around the program --------------------------------------------- */

llbc__value llbc__fn_env_of(llbc__eval *e, const llbc__actuals *a)
{
    const char *name = llbc__str_of(a, "NAME");
    const llbc__block_state *b = e->frame->block;
    const char *value = b ? llb_state_env(b->fs->state, name) : NULL;

    if (value)
        return llbc__text_value(value);
    if (llbc__given(a, "default"))
        return llbc__value_of(a, "default");
    /* A check knows no images, and has nothing to say of their variables. */
    if (b && b->fs->unknown && e->project->lint)
        return llbc__text_value("");
    llbc__note *n = llbc__report(e->diags, LLBC__E_INDEX, a->whole,
                                 "the filesystem at hand has no variable "
                                 "\"%s\"",
                                 name);
    llbc__help(n,
               "give it a value for this case: env_of(\"%s\", "
               "default=\"\")",
               name);
    return llbc__no_value();
}

/* Text of a file in memory that is to be freed; reports and gives false when
 * the program cannot hold it. */
static bool is_text(llbc__eval *e, const llbc__actuals *a, const char *data,
                    size_t len)
{
    if (!memchr(data, 0, len) && llb__utf8_valid(data, len))
        return true;
    llbc__report(e->diags, LLBC__E_LOCAL, llbc__at_of(a, "PATH"),
                 "the file holds no UTF-8 text");
    return false;
}

bool llbc__project_read(llbc__eval *e, const llbc__actuals *a,
                        const char *param, size_t limit, char **ret_data,
                        size_t *ret_len)
{
    const char *name;
    const char *path = llbc__inner_path(e, llbc__str_of(a, param),
                                        llbc__at_of(a, param), &name);
    llb_error err = {LLB_OK, {0, 0, 0}, ""};

    if (!path)
        return false;
    llb_status st = llbc__path_stays(e->project->root, name);
    if (st == LLB_ENOMEM) {
        llbc__eval_nomem(e);
        return false;
    }
    if (st != LLB_OK) {
        llbc__report(e->diags, LLBC__E_LOCAL, llbc__at_of(a, param),
                     "\"%s\" is no file below the project's folder, or a link "
                     "on its way leads out",
                     name);
        return false;
    }
    st = llb__file_read(path, limit, ret_data, ret_len, &err);
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(e);
    else if (st != LLB_OK)
        llbc__report(e->diags, LLBC__E_LOCAL, llbc__at_of(a, param), "%s",
                     err.message);
    return st == LLB_OK;
}

llbc__value llbc__fn_read(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__no_value();
    char *data = NULL;
    size_t len;

    if (!llbc__project_read(e, a, "PATH", LLBC__MAX_READ, &data, &len))
        return v;
    const char *copy =
        is_text(e, a, data, len) ? llbc__eval_strndup(e, data, len) : NULL;
    if (copy)
        v = llbc__string_value(copy, len);
    free(data);
    return v;
}

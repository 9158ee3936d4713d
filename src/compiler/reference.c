/* What the table of built-ins says about itself: to people who ask for one, as
 * a page of reference, and as JSON for editors. */
#include <llb/reference.h>

#include <stdlib.h>
#include <string.h>

#include "builtins.h"
#include "buf.h"
#include "diag_list.h"
#include "error.h"
#include "json.h"

/* Roles as people and programs read them. */
static const struct {
    const char *word, *title, *intro;
} roles[] = {
    [LLBC__STEP] = {"step", "Steps", "Statements of a target or function."},
    [LLBC__IN_RUN] = {"run", "In the block of a run",
                      "Statements of the block after a `run`, or of a "
                      "`mounts` function."},
    [LLBC__FUNCTION] = {"function", "Functions",
                        "Calls in expressions; the type behind `->` is that "
                        "of their value."},
    [LLBC__EXPORTER] = {"exporter", "Outputs", "Operands of `export`."},
    [LLBC__CACHE] = {"cache", "Caches",
                     "Operands of `cache_from` and `cache_to`."},
};

enum { N_ROLES = sizeof(roles) / sizeof(roles[0]) };

/* A built-in with its parameters and options taken apart. */
typedef struct shape {
    const llbc__builtin *b;
    llbc__formal params[LLBC__MAX_PARAMS], options[LLBC__MAX_PARAMS];
    size_t n_params, n_options;
} shape;

static void read_shape(llb__arena *a, const llbc__builtin *b, shape *s)
{
    s->b = b;
    s->n_params =
        llbc__formals_parse(a, b->params, s->params, LLBC__MAX_PARAMS);
    s->n_options =
        llbc__formals_parse(a, b->options, s->options, LLBC__MAX_PARAMS);
}

/* Statements are written without parentheses. */
static bool is_statement(const llbc__builtin *b)
{
    return b->role == LLBC__STEP || b->role == LLBC__IN_RUN;
}

static void add_operand(llb__buf *out, const llbc__formal *p)
{
    llb__buf_printf(out, "%s%s%s%s", p->optional ? "[" : "", p->name,
                    p->rest ? "..." : "", p->optional ? "]" : "");
}

/* "copy FS SRC... DST", "merge(FS...) -> fs". */
static void add_head(llb__buf *out, const shape *s)
{
    bool statement = is_statement(s->b);

    llb__buf_printf(out, "%s%s", s->b->name, statement ? "" : "(");
    for (size_t i = 0; i < s->n_params; i++) {
        llb__buf_adds(out, statement ? " " : i ? ", " : "");
        add_operand(out, &s->params[i]);
    }
    llb__buf_adds(out, statement ? "" : ")");
    if (s->b->result)
        llb__buf_printf(out, " -> %s", s->b->result);
}

static const char *option_name(const llbc__formal *f)
{
    return strcmp(f->name, "*") == 0 ? "NAME" : f->name;
}

/* --- for people ----------------------------------------------------- */

/* The text in lines of at most 76 characters, indented. */
static void add_wrapped(llb__buf *out, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " ");
        if (column && column + 1 + n > 72) {
            llb__buf_addc(out, '\n');
            column = 0;
        }
        llb__buf_adds(out, column ? " " : "    ");
        llb__buf_add(out, text, n);
        column += n + (column != 0);
        text += n;
        text += strspn(text, " ");
    }
    llb__buf_addc(out, '\n');
}

static void explain_one(llb__buf *out, llb__arena *a, const llbc__builtin *b)
{
    shape s;

    read_shape(a, b, &s);
    add_head(out, &s);
    llb__buf_printf(out, "    (%s)\n\n",
                    b->role == LLBC__IN_RUN ? "in the block of a run"
                                            : roles[b->role].word);
    add_wrapped(out, b->doc);
    if (s.n_params)
        llb__buf_addc(out, '\n');
    for (size_t i = 0; i < s.n_params; i++)
        llb__buf_printf(out, "    %-12s %s\n", s.params[i].name,
                        llbc__want_text(a, &s.params[i]));
    if (s.n_options)
        llb__buf_adds(out, "\n  options:\n");
    for (size_t i = 0; i < s.n_options; i++)
        llb__buf_printf(out, "    %s=%s\n", option_name(&s.options[i]),
                        llbc__want_text(a, &s.options[i]));
    llb__buf_printf(out, "\n  example:\n    %s\n", b->example);
}

static llb_status unknown(const char *name, llb_error *err)
{
    const char *names[256];
    size_t n = 0;

    for (size_t i = 0; i < llbc__n_builtins && n < 256; i++)
        names[n++] = llbc__builtins[i].name;
    const char *near = llbc__nearest(name, names, n);
    if (near)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "there is no built-in \"%s\"; did you mean \"%s\"?",
                         name, near);
    return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                     "there is no built-in \"%s\"", name);
}

/* Hands over what was written, unless memory ran out on the way. */
static llb_status finish(llb__buf *out, llb__arena *a, char **ret_text,
                         size_t *ret_len, llb_error *err)
{
    size_t len;

    llb__arena_free(a);
    *ret_text = llb__buf_take(out, &len);
    if (!*ret_text)
        return llb__fail_nomem(err);
    if (ret_len)
        *ret_len = len;
    return LLB_OK;
}

llb_status llbc_explain(const char *name, char **ret_text, size_t *ret_len,
                        llb_error *err)
{
    llb__arena *a = llb__arena_new((size_t)16 << 20);
    llb__buf out = LLB__BUF_INIT;

    if (!a)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        if (strcmp(llbc__builtins[i].name, name) != 0)
            continue;
        if (out.len)
            llb__buf_addc(&out, '\n');
        explain_one(&out, a, &llbc__builtins[i]);
    }
    if (out.len || out.failed)
        return finish(&out, a, ret_text, ret_len, err);
    llb__arena_free(a);
    return unknown(name, err);
}

/* --- the page ------------------------------------------------------- */

static void add_code(llb__buf *out, const char *name, const char *type)
{
    llb__buf_printf(out, "`%s=` %s", name, type);
}

static void reference_one(llb__buf *out, llb__arena *a, const llbc__builtin *b)
{
    shape s;

    read_shape(a, b, &s);
    llb__buf_printf(out, "\n### %s\n\n    ", b->name);
    add_head(out, &s);
    llb__buf_printf(out, "\n\n%s\n", b->doc);
    for (size_t i = 0; i < s.n_params; i++)
        llb__buf_printf(out, "%s- `%s`: %s\n", i ? "" : "\n", s.params[i].name,
                        llbc__want_text(a, &s.params[i]));
    if (s.n_options)
        llb__buf_adds(out, "\nOptions: ");
    for (size_t i = 0; i < s.n_options; i++) {
        llb__buf_adds(out, i ? ", " : "");
        add_code(out, option_name(&s.options[i]),
                 llbc__want_text(a, &s.options[i]));
    }
    llb__buf_printf(out, "%s\n```llb\n%s\n```\n", s.n_options ? "\n" : "",
                    b->example);
}

llb_status llbc_reference(char **ret_text, size_t *ret_len, llb_error *err)
{
    llb__arena *a = llb__arena_new((size_t)16 << 20);
    llb__buf out = LLB__BUF_INIT;

    if (!a)
        return llb__fail_nomem(err);
    for (int role = 0; role < N_ROLES; role++) {
        llb__buf_printf(&out, "\n## %s\n\n%s\n", roles[role].title,
                        roles[role].intro);
        for (size_t i = 0; i < llbc__n_builtins; i++) {
            if ((int)llbc__builtins[i].role == role)
                reference_one(&out, a, &llbc__builtins[i]);
        }
    }
    return finish(&out, a, ret_text, ret_len, err);
}

/* --- for editors ---------------------------------------------------- */

static json_t *formals_json(llb__arena *a, const llbc__formal *f, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:b, s:b}", "name", f[i].name, "type",
                            llbc__want_text(a, &f[i]), "optional",
                            f[i].optional || f[i].rest, "rest", f[i].rest));
    return list;
}

static json_t *builtin_json(llb__arena *a, const llbc__builtin *b)
{
    shape s;

    read_shape(a, b, &s);
    for (size_t i = 0; i < s.n_options; i++)
        s.options[i].optional = true;
    return json_pack("{s:s, s:s, s:o, s:o, s:s?, s:s, s:s}", "name", b->name,
                     "role", roles[b->role].word, "params",
                     formals_json(a, s.params, s.n_params), "options",
                     formals_json(a, s.options, s.n_options), "result",
                     b->result, "doc", b->doc, "example", b->example);
}

llb_status llbc_reference_json(char **ret_text, size_t *ret_len, llb_error *err)
{
    llb__arena *a = llb__arena_new((size_t)16 << 20);
    json_t *list = json_array();
    llb__buf out = LLB__BUF_INIT;

    for (size_t i = 0; a && list && i < llbc__n_builtins; i++) {
        if (json_array_append_new(list, builtin_json(a, &llbc__builtins[i])) <
            0)
            out.failed = true;
    }
    char *text =
        a && list && !out.failed ? llbc__json_text(list, JSON_INDENT(1)) : NULL;
    json_decref(list);
    if (text) {
        llb__buf_adds(&out, text);
        llb__buf_addc(&out, '\n');
    }
    out.failed = out.failed || !text;
    free(text);
    return finish(&out, a, ret_text, ret_len, err);
}

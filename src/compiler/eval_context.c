/* Arguments of type fs: what `--context` says instead of the default. Each form
 * is a call of the source that the language has for it. */
#include <string.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"

/* A call of a built-in with texts for some of its parameters and options. */
typedef struct call {
    const char *name;
    const char *param, *text;
    const char *option, *value; /* NULL: none */
} call;

static bool set(llbc__actuals *a, const char *name, const char *text,
                llb_span at)
{
    llbc__actual *x = (llbc__actual *)llbc__arg_of(a, name);

    if (!x)
        return false;
    *x = (llbc__actual){
        .value = llbc__text_value(text), .given = true, .at = at};
    a->any_option = true;
    return true;
}

static llbc__value run(llbc__eval *e, const call *c, llb_span at)
{
    const llbc__builtin *b = llbc__builtin_find(c->name, LLBC__FUNCTION);
    const llbc__sig *sig = llbc__builtin_sig(e->sigs, e->project->arena, b);
    llbc__actuals *a = llbc__eval_alloc(e, 1, sizeof(*a));

    if (!sig || !a) {
        llbc__eval_nomem(e);
        return llbc__no_value();
    }
    *a = (llbc__actuals){.sig = sig, .at = at, .whole = at};
    a->formals = llbc__eval_alloc(e, sig->n_formals, sizeof(*a->formals));
    a->options = llbc__eval_alloc(e, sig->n_options, sizeof(*a->options));
    if (!a->formals || !a->options || !set(a, c->param, c->text, at) ||
        (c->option && !set(a, c->option, c->value, at)))
        return llbc__no_value();
    return b->call(e, a);
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* "PATH", "PATH:TAG" or "PATH@DIGEST" of an OCI layout. */
static llbc__value layout(llbc__eval *e, const char *text, llb_span at)
{
    const char *digest = strrchr(text, '@');
    const char *slash = strrchr(text, '/');
    const char *tag = strrchr(slash ? slash : text, ':');
    const char *cut = digest ? digest : tag;
    const char *path =
        llbc__eval_strndup(e, text, cut ? (size_t)(cut - text) : strlen(text));

    if (!path)
        return llbc__no_value();
    return run(e,
               &(call){"oci_layout", "PATH", path,
                       digest ? "digest"
                       : tag  ? "tag"
                              : NULL,
                       cut ? cut + 1 : NULL},
               at);
}

/* Whether the path of a URL names a repository: it ends in ".git". */
static bool ends_in_git(const char *url)
{
    size_t n = strcspn(url, "#");

    return n > 4 && memcmp(url + n - 4, ".git", 4) == 0;
}

llbc__value llbc__eval_context(llbc__eval *e, const char *text, llb_span at)
{
    const char *rest;

    if ((rest = after(text, "docker-image://")) != NULL)
        return run(e, &(call){"image", "REF", rest, NULL, NULL}, at);
    if ((rest = after(text, "oci-layout://")) != NULL)
        return layout(e, rest, at);
    if (after(text, "git://") || after(text, "ssh://") || after(text, "git@") ||
        (strstr(text, "://") && ends_in_git(text)))
        return run(e, &(call){"git", "URL", text, NULL, NULL}, at);
    if (after(text, "http://") || after(text, "https://"))
        return run(e, &(call){"http", "URL", text, NULL, NULL}, at);
    return run(e, &(call){"local", "PATH", text, NULL, NULL}, at);
}

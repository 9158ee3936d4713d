/* Statements that later steps feel wherever they go: files, environment,
 * directory, user, shell. None of them is an operation. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"

void llbc__set_here(llbc__eval *e, const llbc__fs *fs)
{
    if (fs)
        e->frame->block->fs = fs;
}

/* The filesystem at hand with another state. */
static void change_state(llbc__eval *e, const llb_state *s)
{
    if (llbc__state_ok(e, s, e->frame->stmt))
        llbc__set_here(e, llbc__fs_with(e, e->frame->block->fs, s));
}

/* --- from ----------------------------------------------------------- */

bool llbc__keeps_caller(llbc__eval *e, const llbc__fs *entry,
                        const llbc__fs *fs, llb_span at, llb_span call_at)
{
    if (!entry || !entry->node || llbc__node_reaches(e, fs->node, entry->node))
        return true;
    llbc__note *n = llbc__report(e->diags, LLBC__E_FROM_DROPS, at,
                                 "this drops the files of the caller");
    llbc__related(n, call_at, "called as a step here");
    llbc__help(n, "call it as \"from NAME(...)\", or keep the files with "
                  "from merge(here, ...)");
    return false;
}

/* fs, with a cmd that is inherited from here on: an entrypoint clears it. */
static const llbc__fs *inherited(llbc__eval *e, const llbc__fs *fs)
{
    if (!fs->config->own_cmd)
        return fs;
    llbc__config *config = llbc__eval_alloc(e, 1, sizeof(*config));
    llbc__fs *copy = llbc__eval_alloc(e, 1, sizeof(*copy));

    if (!config || !copy)
        return NULL;
    *config = *fs->config;
    config->own_cmd = false;
    *copy = *fs;
    copy->config = config;
    return copy;
}

void llbc__do_from(llbc__eval *e, const llbc__actuals *a)
{
    if (a->failed)
        return;
    const llbc__fs *fs = llbc__value_of(a, "FS").u.fs;
    if (!llbc__keeps_caller(e, e->frame->entry, fs, a->whole,
                            e->frame->call_at))
        return;
    llbc__note_lost(e, e->frame->block->fs->node);
    fs = inherited(e, fs);
    if (fs)
        llbc__set_here(e, fs);
}

/* --- env, workdir, user, shell -------------------------------------- */

const llb_state *llbc__with_env(llbc__eval *e, const llbc__actuals *a,
                                const llb_state *s)
{
    llbc__value map = llbc__value_of(a, "MAP");

    for (size_t i = 0; map.kind == LLBC__MAP && i < map.n; i++) {
        size_t len;
        const char *text = llbc__value_text(e->arena, map.u.map[i].value, &len);
        s = llb_env(s, map.u.map[i].key, text ? text : "");
    }
    for (size_t i = 0; i < a->n_extra; i++)
        s = llb_env(s, a->extra[i].key, a->extra[i].value.u.str);
    return s;
}

/* A variable needs a name, and "=" would end it. */
bool llbc__check_env_names(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value map = llbc__value_of(a, "MAP");
    size_t n = map.kind == LLBC__MAP ? map.n : 0;

    for (size_t i = 0; i < n + a->n_extra; i++) {
        const char *key = i < n ? map.u.map[i].key : a->extra[i - n].key;
        if (*key && !strchr(key, '='))
            continue;
        llbc__report(e->diags, LLBC__E_VALUE, a->whole,
                     "\"%s\" is no name of a variable", key);
        return false;
    }
    return true;
}

void llbc__do_env(llbc__eval *e, const llbc__actuals *a)
{
    if (!a->failed && llbc__check_env_names(e, a))
        change_state(e, llbc__with_env(e, a, e->frame->block->fs->state));
}

void llbc__do_workdir(llbc__eval *e, const llbc__actuals *a)
{
    const llb_state *s = e->frame->block->fs->state;
    const char *path = llbc__str_of(a, "PATH");

    if (a->failed || !path)
        return;
    if (!*path) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "PATH"),
                     "the path is empty");
        return;
    }
    path = llbc__path_join(e->arena, llb_state_dir(s), path);
    if (path)
        change_state(e, llb_dir(s, path));
    else
        llbc__eval_nomem(e);
}

void llbc__do_user(llbc__eval *e, const llbc__actuals *a)
{
    const char *user = llbc__str_of(a, "USER");

    if (!a->failed && user)
        change_state(e, llb_user(e->frame->block->fs->state, user));
}

void llbc__do_shell(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__fs *here = e->frame->block->fs;
    llbc__config *config = llbc__eval_alloc(e, 1, sizeof(*config));
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));

    if (a->failed || !config || !fs)
        return;
    *config = *here->config;
    config->shell.items = llbc__strings_of(e, a, "ARG", &config->shell.n);
    if (!config->shell.n) {
        llbc__report(e->diags, LLBC__E_VALUE, a->whole,
                     "a shell needs at least its program");
        return;
    }
    *fs = *here;
    fs->config = config;
    llbc__set_here(e, fs);
}

/* --- fail, warn ----------------------------------------------------- */

void llbc__do_fail(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__frame *f = e->frame;

    if (a->failed)
        return;
    llbc__note *n = llbc__report(e->diags, LLBC__E_FAIL, a->whole, "%s",
                                 llbc__str_of(a, "TEXT"));
    for (int i = 0; f->caller && i < 4; f = f->caller, i++)
        llbc__related(n, f->call_at, "called here");
    llbc__eval_stop(e);
}

void llbc__do_warn(llbc__eval *e, const llbc__actuals *a)
{
    if (!a->failed)
        llbc__report(e->diags, LLBC__W_WARN, a->whole, "%s",
                     llbc__str_of(a, "TEXT"));
}

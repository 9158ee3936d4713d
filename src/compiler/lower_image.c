/* Statements of the image config: what a container of the image starts, and
 * what it says about itself. None of them is an operation. */
#include <stdlib.h>
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"

/* A config to change, and the filesystem that will carry it: both are the
 * block's from now on, and nobody else has seen them. NULL: leave it. */
static llbc__config *change(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__fs *here = e->frame->block->fs;

    if (a->failed)
        return NULL;
    llbc__config *config = llbc__eval_alloc(e, 1, sizeof(*config));
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    if (!config || !fs)
        return NULL;
    *config = *here->config;
    *fs = *here;
    fs->config = config;
    llbc__set_here(e, fs);
    return config;
}

/* Text needs a shell, and an empty filesystem has none. */
static void warn_scratch(llbc__eval *e, const llbc__actuals *a)
{
    if (llbc__value_of(a, "CMD").kind != LLBC__STRING ||
        !e->frame->block->fs->bare)
        return;
    llbc__note *n = llbc__report(
        e->diags, LLBC__W_SHELL_ON_SCRATCH, llbc__at_of(a, "CMD"),
        "this text is for a shell, and the filesystem is made from scratch");
    llbc__help(n, "a list starts a program without a shell: %s [\"/app\"]",
               a->sig->name);
}

static bool command(llbc__eval *e, const llbc__actuals *a, llbc__texts *ret)
{
    llbc__value v = llbc__value_of(a, "CMD");

    if (a->failed)
        return false;
    /* An empty list takes away what the base image says. */
    if (v.kind == LLBC__LIST && !v.n) {
        static const char *const none[] = {NULL};
        *ret = (llbc__texts){none, 0};
        return true;
    }
    warn_scratch(e, a);
    ret->items = llbc__command(e, a, "CMD", llbc__shell_of(e->frame->block->fs),
                               &ret->n);
    return ret->items != NULL;
}

void llbc__do_entrypoint(llbc__eval *e, const llbc__actuals *a)
{
    llbc__texts argv;
    llbc__config *c = command(e, a, &argv) ? change(e, a) : NULL;

    if (!c)
        return;
    c->entrypoint = argv;
    /* Arguments of the program that was replaced mean nothing to this one. */
    if (!c->own_cmd)
        c->cmd = (llbc__texts){NULL, 0};
}

void llbc__do_cmd(llbc__eval *e, const llbc__actuals *a)
{
    llbc__texts argv;
    llbc__config *c = command(e, a, &argv) ? change(e, a) : NULL;

    if (!c)
        return;
    c->cmd = argv;
    c->own_cmd = true;
}

/* list with one more text, unless it is there already. */
static void add_text(llbc__eval *e, llbc__texts *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i], text) == 0)
            return;
    }
    const char **items = llbc__eval_alloc(e, list->n + 1, sizeof(*items));
    if (!items)
        return;
    if (list->n)
        memcpy(items, list->items, list->n * sizeof(*items));
    items[list->n] = text;
    *list = (llbc__texts){items, list->n + 1};
}

/* --- labels --------------------------------------------------------- */

static void set_label(llbc__entry *labels, size_t *n, const char *key,
                      llbc__value value)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(labels[i].key, key) == 0) {
            labels[i].value = value;
            return;
        }
    }
    labels[(*n)++] = (llbc__entry){key, value};
}

void llbc__do_label(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);
    llbc__value map = llbc__value_of(a, "MAP");
    size_t n_map = map.kind == LLBC__MAP ? map.n : 0;

    if (!c)
        return;
    if (c->n_labels + n_map + a->n_extra > LLBC__MAX_LABELS) {
        llbc__report(e->diags, LLBC__E_TOO_LARGE, a->whole,
                     "an image with more than %d labels", LLBC__MAX_LABELS);
        return;
    }
    llbc__entry *labels =
        llbc__eval_alloc(e, c->n_labels + n_map + a->n_extra, sizeof(*labels));
    if (!labels)
        return;
    if (c->n_labels)
        memcpy(labels, c->labels, c->n_labels * sizeof(*labels));
    for (size_t i = 0; i < n_map; i++) {
        size_t len;
        const char *text = llbc__value_text(e->arena, map.u.map[i].value, &len);
        set_label(labels, &c->n_labels, map.u.map[i].key,
                  llbc__text_value(text ? text : ""));
    }
    for (size_t i = 0; i < a->n_extra; i++)
        set_label(labels, &c->n_labels, a->extra[i].key, a->extra[i].value);
    c->labels = labels;
}

/* --- ports, volumes ------------------------------------------------- */

/* "8080" or "53/udp" with its protocol; NULL after an error. */
static const char *port(llbc__eval *e, const char *text, llb_span at)
{
    char *end;
    long num = strtol(text, &end, 10);

    if (end != text && text[0] >= '0' && text[0] <= '9' && num > 0 &&
        num < 65536 &&
        (!*end || strcmp(end, "/tcp") == 0 || strcmp(end, "/udp") == 0 ||
         strcmp(end, "/sctp") == 0))
        return llbc__eval_printf(e, "%ld%s", num, *end ? end : "/tcp");
    llbc__note *n =
        llbc__report(e->diags, LLBC__E_VALUE, at, "\"%s\" is no port", text);
    llbc__help(n, "write a number from 1 to 65535, or \"53/udp\"");
    return NULL;
}

void llbc__do_expose(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);
    llbc__value ports = llbc__value_of(a, "PORT");

    for (size_t i = 0; c && i < ports.n; i++) {
        const char *p = port(e, ports.u.list[i].u.str, llbc__at_of(a, "PORT"));
        if (!p)
            return;
        add_text(e, &c->ports, p);
    }
}

void llbc__do_volume(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);
    llbc__value paths = llbc__value_of(a, "PATH");
    const char *dir = llb_state_dir(e->frame->block->fs->state);

    for (size_t i = 0; c && i < paths.n; i++) {
        const char *path =
            llbc__path_join(e->arena, dir, paths.u.list[i].u.str);
        if (path)
            add_text(e, &c->volumes, path);
        else
            llbc__eval_nomem(e);
    }
}

/* --- the rest ------------------------------------------------------- */

void llbc__do_stop_signal(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);

    if (c)
        c->stop_signal = llbc__str_of(a, "SIGNAL");
}

void llbc__do_author(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);

    if (c)
        c->author = llbc__str_of(a, "NAME");
}

void llbc__do_onbuild(llbc__eval *e, const llbc__actuals *a)
{
    llbc__config *c = change(e, a);
    llbc__value list = llbc__value_of(a, "TEXT");

    if (!c)
        return;
    const char **items =
        llbc__eval_alloc(e, c->onbuild.n + list.n, sizeof(*items));
    if (!items)
        return;
    if (c->onbuild.n)
        memcpy(items, c->onbuild.items, c->onbuild.n * sizeof(*items));
    for (size_t i = 0; i < list.n; i++)
        items[c->onbuild.n + i] = list.u.list[i].u.str;
    c->onbuild = (llbc__texts){items, c->onbuild.n + list.n};
}

/* Docker's form: what kind of command, then its words. */
static bool health_test(llbc__eval *e, const llbc__actuals *a, llbc__health *h)
{
    llbc__value v = llbc__value_of(a, "CMD");
    size_t n = v.kind == LLBC__LIST ? v.n : 1;
    bool none = v.kind == LLBC__LIST && v.n == 1 &&
                strcmp(v.u.list[0].u.str, "NONE") == 0;
    const char **items = llbc__eval_alloc(e, n + 1, sizeof(*items));

    if (!items)
        return false;
    if (v.kind == LLBC__STRING && strcmp(v.u.str, "NONE") == 0) {
        llbc__note *note =
            llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "CMD"),
                         "\"NONE\" as text is a command");
        llbc__help(note, "to switch an inherited one off write [\"NONE\"]");
        return false;
    }
    items[0] = none ? "NONE" : v.kind == LLBC__LIST ? "CMD" : "CMD-SHELL";
    for (size_t i = 0; i < n && !none; i++)
        items[i + 1] = v.kind == LLBC__LIST ? v.u.list[i].u.str : v.u.str;
    h->test = (llbc__texts){items, none ? 1 : n + 1};
    return true;
}

void llbc__do_healthcheck(llbc__eval *e, const llbc__actuals *a)
{
    llbc__health *h = llbc__eval_alloc(e, 1, sizeof(*h));

    if (a->failed || !h || !health_test(e, a, h))
        return;
    warn_scratch(e, a);
    h->retries = llbc__bounded_of(e, a, "retries", 0, 1000, 0);
    if (!llbc__duration_of(e, a, "interval", &h->interval) ||
        !llbc__duration_of(e, a, "timeout", &h->timeout) ||
        !llbc__duration_of(e, a, "start_period", &h->start_period) ||
        !llbc__duration_of(e, a, "start_interval", &h->start_interval))
        return;
    llbc__config *c = change(e, a);
    if (c) {
        c->health = h;
        c->health_json = NULL;
    }
}

/* The reference graphs, through the public API as a program would use it. */
#include "llb_graphs.h"

#include <stdlib.h>
#include <string.h>

#include <llb/exec.h>
#include <llb/file.h>
#include <llb/image.h>
#include <llb/merge.h>

enum { TEXT = 48, LANES = 32 };

/* Writes before, n in decimal and after to out, and returns the length. The
 * library is measured here, not printf. */
static size_t text(char out[TEXT], const char *before, size_t n,
                   const char *after)
{
    char digits[20];
    size_t len = strlen(before), k = sizeof digits;

    do
        digits[--k] = (char)('0' + n % 10);
    while (n /= 10);
    memcpy(out, before, len);
    memcpy(out + len, digits + k, sizeof digits - k);
    len += sizeof digits - k;
    strcpy(out + len, after);
    return len + strlen(after);
}

static const llb_state *run_step(const llb_state *s, size_t i)
{
    char value[TEXT], script[TEXT], name[TEXT];
    const char *args[] = {"/bin/sh", "-c", script};
    llb_mount cache = LLB_MOUNT_INIT;
    llb_constraints cons = LLB_CONSTRAINTS_INIT;
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    text(value, "", i, "");
    text(script, "make step-", i, "");
    text(name, "step ", i, "");
    cache.dest = "/var/cache";
    cache.cache_id = "bench";
    cons.custom_name = name;
    o.args = args;
    o.n_args = 3;
    o.with = llb_env(s, "STEP", value);
    o.mounts = &cache;
    o.n_mounts = 1;
    o.constraints = &cons;
    return llb_exec_root(llb_run(s, &o));
}

static const llb_state *chain(llb_graph *g, size_t n)
{
    const llb_state *s = llb_image(g, "alpine", NULL);

    for (size_t i = 0; i < n; i++)
        s = run_step(s, i);
    return s;
}

/* Merges the list, which is freed; NULL: there was no memory for it. */
static const llb_state *merged(llb_graph *g, const llb_state **list, size_t n)
{
    const llb_state *s = list ? llb_merge(g, list, n, NULL) : NULL;

    free(list);
    return s;
}

static const llb_state *branch(llb_graph *g, size_t i)
{
    char ref[TEXT], number[TEXT], path[TEXT], data[TEXT];
    const char *args[] = {"/bin/build", number};
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    text(ref, "bench/base-", i, "");
    text(number, "", i, "");
    text(path, "/out/", i, "");
    size_t len = text(data, "", i, "\n");
    o.args = args;
    o.n_args = 2;
    const llb_state *s = llb_exec_root(llb_run(llb_image(g, ref, NULL), &o));
    const llb_actions *a =
        llb_mkfile(llb_actions_new(g), path, 0644, data, (size_t)len, NULL);
    return llb_file(s, a, NULL);
}

static const llb_state *wide(llb_graph *g, size_t n)
{
    const llb_state **list = malloc(n * sizeof *list);

    for (size_t i = 0; list && i < n; i++)
        list[i] = branch(g, i);
    return merged(g, list, n);
}

static const llb_state *cross(llb_graph *g, const llb_state *a,
                              const llb_state *b)
{
    const llb_actions *c = llb_actions_new(g);

    c = llb_copy(c, a, "/out", "/a", NULL);
    c = llb_copy(c, b, "/out", "/b", NULL);
    return llb_file(llb_scratch(g), c, NULL);
}

static const llb_state *diamond(llb_graph *g, size_t n)
{
    const llb_state *below[LANES], *layer[LANES];

    for (size_t j = 0; j < LANES; j++) {
        char ref[TEXT];
        text(ref, "bench/base-", j, "");
        layer[j] = llb_image(g, ref, NULL);
    }
    for (size_t k = 1; k < n; k++) {
        memcpy(below, layer, sizeof below);
        for (size_t j = 0; j < LANES; j++)
            layer[j] = cross(g, below[j], below[(j + 1) % LANES]);
    }
    return llb_merge(g, layer, LANES, NULL);
}

static const llb_state *dup(llb_graph *g, size_t n)
{
    const llb_state **list = malloc(n * sizeof *list);
    const llb_state *base = llb_image(g, "alpine", NULL);

    for (size_t i = 0; list && i < n; i++) {
        char number[TEXT];
        const char *args[] = {"/bin/dup", number};
        llb_run_opts o = LLB_RUN_OPTS_INIT;
        text(number, "", i % (n / 10), "");
        o.args = args;
        o.n_args = 2;
        list[i] = llb_exec_root(llb_run(base, &o));
    }
    return merged(g, list, n);
}

const llb_state *bench_graph(llb_graph *g, const char *name, size_t n)
{
    if (n < 10)
        return NULL;
    if (strcmp(name, "chain") == 0 || strcmp(name, "chainflat") == 0)
        return chain(g, n);
    if (strcmp(name, "wide") == 0)
        return wide(g, n);
    if (strcmp(name, "diamond") == 0)
        return diamond(g, n);
    if (strcmp(name, "dup") == 0)
        return dup(g, n);
    return NULL;
}

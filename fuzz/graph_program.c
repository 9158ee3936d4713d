/* How bytes become arguments: numbers, texts, lists, option structs. */
#include "graph_program.h"

#include <stdlib.h>
#include <string.h>

struct temp {
    struct temp *next;
    max_align_t data[];
};

static const char *const words[] = {
    "",
    "/",
    "a",
    "/a/b",
    "../x",
    "alpine",
    "docker.io/library/alpine:3",
    "example.com/x@sha256:"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "https://example.com/a/b.git",
    "git@example.com:a/b.git",
    "main:sub/dir",
    "docker-image://example.com/x:1",
    "local://ctx",
    "oci-layout://x",
    "PATH",
    "A=B",
    "linux",
    "amd64",
    "aarch64",
    "v8",
    "127.0.0.1",
    "::ffff:1.2.3.4",
    "user:group",
    "1000:1000",
    "/bin/sh -c 'echo hi' # x",
    "\"open",
    "u=rwX,go=rX",
    "{\"os\":\"linux\",\"architecture\":\"arm64\",\"config\":{\"Env\":[\"A=1\"]"
    ","
    "\"WorkingDir\":\"/w\"}}",
    "exec.meta.setsdefaultpath",
    "*",
    "caf\xc3\xa9",
    "broken \xff utf-8",
    "line\nline",
};

enum { N_WORDS = sizeof words / sizeof *words };

void check(int good)
{
    if (!good)
        abort();
}

void program_start(struct program *p, const uint8_t *data, size_t len)
{
    *p = (struct program){.data = data, .len = len};
    llb_graph_opts o = LLB_GRAPH_OPTS_INIT;
    o.max_bytes = 1 << 22;
    p->g = llb_graph_new(&o);
    p->other = llb_graph_new(NULL);
    check(p->g && p->other);
    p->states[p->n_states++] = llb_scratch(p->g);
}

void program_end(struct program *p)
{
    temps_free(p);
    for (size_t i = 0; i < MAX_OTHERS; i++)
        llb_def_free(p->defs[i]);
    llb_graph_free(p->g);
    llb_graph_free(p->other);
}

uint8_t byte(struct program *p)
{
    return p->at < p->len ? p->data[p->at++] : 0;
}

uint64_t number(struct program *p)
{
    static const uint64_t edges[] = {1,          0644,      INT32_MAX,
                                     UINT32_MAX, INT64_MAX, UINT64_MAX};
    uint8_t b = byte(p);

    return b < 250 ? b : edges[b - 250];
}

void *temp(struct program *p, size_t size)
{
    struct temp *t = calloc(1, sizeof *t + (size ? size : 1));

    check(t != NULL);
    t->next = p->temps;
    p->temps = t;
    return t->data;
}

void temps_free(struct program *p)
{
    while (p->temps) {
        struct temp *t = p->temps;
        p->temps = t->next;
        free(t);
    }
}

/* A word of the table or bytes of the program, in a copy of its own. */
const char *text(struct program *p)
{
    uint8_t b = byte(p);
    size_t n;
    char *copy;

    if (b == 255)
        return NULL;
    if (b < 128) {
        n = strlen(words[b % N_WORDS]);
        copy = temp(p, n + 1);
        memcpy(copy, words[b % N_WORDS], n);
        return copy;
    }
    n = b % 32;
    copy = temp(p, n + 1);
    for (size_t i = 0; i < n; i++)
        copy[i] = (char)byte(p);
    return copy;
}

const char *opt_text(struct program *p) { return byte(p) % 2 ? text(p) : NULL; }

const char *const *texts(struct program *p, size_t *ret_n)
{
    uint8_t b = byte(p);
    size_t n = b / 2 % 5;
    const char **list;

    *ret_n = n;
    if (b % 2 == 0) {
        *ret_n = b > 250 ? n : 0; /* NULL with a length, too */
        return NULL;
    }
    list = temp(p, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = text(p);
    return list;
}

void *options(struct program *p, size_t size)
{
    uint8_t *o = temp(p, size + 16);
    uint8_t b = byte(p);
    uint32_t said = (uint32_t)size;

    if (b >= 240) {
        const uint32_t sizes[] = {0, said - 8, 4, said + 16};
        said = sizes[b % 4];
        if (b >= 252)
            o[size + b % 16] = 1;
    }
    memcpy(o, &said, sizeof said);
    return o;
}

void *option_list(struct program *p, size_t size, size_t n)
{
    uint8_t *list = temp(p, n * size);
    uint8_t b = byte(p);

    for (size_t i = 0; i < n; i++) {
        uint32_t said = b < 224   ? (uint32_t)size
                        : b < 250 ? 0
                                  : b * (uint32_t)(i > 0);
        memcpy(list + i * size, &said, sizeof said);
    }
    return list;
}

const llb_state *pick_state(struct program *p)
{
    uint8_t b = byte(p);
    size_t n = p->n_states < MAX_STATES ? p->n_states : MAX_STATES;

    if (b == 255)
        return NULL;
    if (b == 254)
        return llb_image(p->other, "alpine", NULL);
    return p->states[b % n];
}

llb_graph *pick_graph(struct program *p)
{
    uint8_t b = byte(p);

    return b == 255 ? NULL : b == 254 ? p->other : p->g;
}

static const llb_platform *platform(struct program *p)
{
    llb_platform *o = options(p, sizeof *o);

    o->os = opt_text(p);
    o->arch = opt_text(p);
    o->variant = opt_text(p);
    if (byte(p) % 4 == 0) {
        o->os_version = opt_text(p);
        o->os_features = texts(p, &o->n_os_features);
    }
    return o;
}

static const llb_location *locations(struct program *p, size_t *ret_n)
{
    size_t n = byte(p) % 4;
    llb_location *list = temp(p, n * sizeof *list);

    for (size_t i = 0; i < n; i++) {
        llb_range *ranges;
        list[i].n_ranges = byte(p) % 3;
        ranges = temp(p, list[i].n_ranges * sizeof *ranges);
        for (size_t k = 0; k < list[i].n_ranges; k++)
            ranges[k] = (llb_range){(int32_t)number(p), byte(p),
                                    (int32_t)number(p), byte(p)};
        list[i].ranges = ranges;
        list[i].map = p->maps[byte(p) % MAX_OTHERS];
    }
    *ret_n = n;
    return list;
}

static void describe(struct program *p, llb_constraints *c)
{
    size_t n = byte(p) % 4;
    llb_pair *pairs = temp(p, n * sizeof *pairs);

    for (size_t i = 0; i < n; i++)
        pairs[i] = (llb_pair){text(p), text(p)};
    c->description = pairs;
    c->n_description = n;
    c->custom_name = opt_text(p);
    if (byte(p) % 4 == 0) {
        llb_progress_group *group = temp(p, sizeof *group);
        group->weak = byte(p) % 2;
        group->id = opt_text(p);
        group->name = opt_text(p);
        c->progress_group = group;
    }
}

static void limit(struct program *p, llb_constraints *c)
{
    llb_linux_resources *r = temp(p, sizeof *r);

    r->memory = (int64_t)number(p);
    r->memory_swap = (int64_t)number(p);
    r->cpu_shares = number(p);
    r->cpu_quota = (int64_t)number(p);
    r->cpuset_cpus = opt_text(p);
    c->linux_resources = r;
}

const llb_constraints *constraints(struct program *p)
{
    uint8_t b = byte(p);

    if (b % 2 == 0)
        return NULL;
    llb_constraints *c = options(p, sizeof *c);
    c->export_cache = (llb_export_cache)(byte(p) % 5);
    c->ignore_cache = b >> 7;
    if (b & 2)
        c->platform = platform(p);
    if (b & 4)
        describe(p, c);
    if (b & 8)
        c->require = texts(p, &c->n_require);
    if (b & 16)
        c->locations = locations(p, &c->n_locations);
    if (b & 32)
        limit(p, c);
    if (b & 64)
        c->local_unique_id = opt_text(p);
    return c;
}

void program_marshal_opts(struct program *p, llb_marshal_opts *o)
{
    o->constraints = constraints(p);
    o->caps = texts(p, &o->n_caps);
}

void program_keep_def(struct program *p, llb_def *def)
{
    llb_def **slot = &p->defs[p->n_defs++ % MAX_OTHERS];

    llb_def_free(*slot);
    *slot = def;
}

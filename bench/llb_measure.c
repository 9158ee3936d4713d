/* Builds and marshals one reference graph and says what that took.
 *
 *     llb_graphs NAME N [ROUNDS]
 *
 * Prints an object a round: nanoseconds of building, of marshalling and of
 * freeing, of the processor for the three together, and of the floor (below);
 * allocations, and the peak memory of the process so far. Before the last
 * one, an object with the definition's numbers and SHA-256.
 *
 * The floor is what cannot be avoided: one SHA-256 for each distinct op, with
 * a reused context, and one copy of the definition. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <llb/marshal.h>
#include <openssl/evp.h>

#include "llb_graphs.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

/* The linker sends what our archives and this program allocate through here. */
static size_t n_allocs;

void *__wrap_malloc(size_t size)
{
    n_allocs++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    n_allocs++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    n_allocs++;
    return __real_realloc(p, size);
}

static uint64_t read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t now(void) { return read_clock(CLOCK_MONOTONIC); }

static uint64_t cpu(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

static void die(const char *what, const char *why)
{
    fprintf(stderr, "llb_graphs: %s: %s\n", what, why);
    exit(1);
}

/* Not ru_maxrss, which counts what the process was before exec. */
static long peak_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (!kib)
        die("peak memory", "/proc/self/status does not tell");
    fclose(f);
    return kib;
}

static llb_def *marshal(const llb_state *s)
{
    llb_platform platform = LLB_PLATFORM_INIT;
    llb_constraints cons = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_def *def;
    llb_error err = {0};

    platform.os = "linux";
    platform.arch = "amd64";
    cons.platform = &platform;
    o.constraints = &cons;
    if (llb_marshal(s, &o, &def, &err) != LLB_OK)
        die("llb_marshal", err.message);
    return def;
}

/* What is hashed for the floor and for the definition as a whole. */
struct hasher {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
};

struct piece {
    const uint8_t *data;
    size_t len;
};

static struct hasher hasher_new(void)
{
    struct hasher h = {EVP_MD_fetch(NULL, "SHA256", NULL), EVP_MD_CTX_new()};

    if (!h.md || !h.ctx)
        die("SHA-256", "libcrypto has none");
    return h;
}

static void sum(const struct hasher *h, struct piece p, uint8_t out[32])
{
    if (EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1 ||
        EVP_DigestUpdate(h->ctx, p.data, p.len) != 1 ||
        EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
        die("SHA-256", "libcrypto failed");
}

static uint64_t measure_floor(const struct hasher *h, const llb_def *def)
{
    size_t n = llb_def_n_ops(def);
    struct piece all, *ops = malloc((n + 1) * sizeof *ops);
    uint8_t out[32];

    if (!ops)
        die("the floor", "no memory");
    for (size_t i = 0; i < n; i++) {
        llb_def_op op = llb_def_op_at(def, i);
        ops[i] = (struct piece){op.data, op.len};
    }
    all.data = llb_def_bytes(def, &all.len);
    uint64_t start = cpu();
    for (size_t i = 0; i < n; i++)
        sum(h, ops[i], out);
    uint8_t *copy = malloc(all.len);
    if (!copy)
        die("the floor", "no memory");
    memcpy(copy, all.data, all.len);
    uint64_t took = cpu() - start;
    free(copy);
    free(ops);
    return took;
}

static void print_definition(const struct hasher *h, const llb_def *def)
{
    struct piece all;
    uint8_t out[32];

    all.data = llb_def_bytes(def, &all.len);
    sum(h, all, out);
    printf("{\"entries\": %zu, \"bytes\": %zu, \"sha256\": \"",
           llb_def_n_ops(def), all.len);
    for (size_t i = 0; i < sizeof out; i++)
        printf("%02x", out[i]);
    printf("\"}\n");
}

static void round_of(struct hasher *h, const char *name, size_t n, bool is_last)
{
    size_t allocs = n_allocs;
    uint64_t start = now(), cpu_start = cpu();
    llb_graph *g = llb_graph_new(NULL);
    const llb_state *s = g ? bench_graph(g, name, n) : NULL;
    uint64_t built = now();

    if (!s)
        die(name, "no such graph of that size, or no memory");
    llb_def *def = marshal(s);
    uint64_t marshalled = now();
    uint64_t cpu_ns = cpu() - cpu_start;
    allocs = n_allocs - allocs;
    long kib = peak_kib();
    if (!h->md) /* not before, as it takes memory */
        *h = hasher_new();
    uint64_t floor_ns = measure_floor(h, def);
    if (is_last)
        print_definition(h, def);
    uint64_t kept = now(), cpu_kept = cpu();
    llb_def_free(def);
    llb_graph_free(g);
    uint64_t freed = now();
    cpu_ns += cpu() - cpu_kept;
    printf("{\"build_ns\": %" PRIu64 ", \"marshal_ns\": %" PRIu64
           ", \"free_ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64
           ", \"floor_ns\": %" PRIu64 ", \"allocs\": %zu, \"peak_kib\": %ld}\n",
           built - start, marshalled - built, freed - kept, cpu_ns, floor_ns,
           allocs, kib);
}

int main(int argc, char **argv)
{
    size_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    size_t rounds = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;

    if (argc < 3 || argc > 4 || rounds < 1) {
        fprintf(stderr, "usage: llb_graphs NAME N [ROUNDS]\n");
        return 2;
    }
    struct hasher h = {NULL, NULL};
    for (size_t i = 0; i < rounds; i++)
        round_of(&h, argv[1], n, i + 1 == rounds);
    EVP_MD_CTX_free(h.ctx);
    EVP_MD_free(h.md);
    return 0;
}

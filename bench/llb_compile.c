/* Compiles a project file and says what that took.
 *
 *     llb_compile FILE [ROUNDS]
 *
 * Prints an object a round: nanoseconds of opening the project (reading,
 * parsing, checking), of compiling its default target (evaluating,
 * marshalling) and of freeing both, and of the processor for all of it. Then
 * one with the number of operations, the bytes of the definition and the peak
 * memory. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <llb/compiler.h>

static uint64_t read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "llb_compile: %s: %s\n", what, why);
    exit(1);
}

/* Not ru_maxrss, which counts what the process was before exec. */
static long peak_kib(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    }
    if (!kib)
        die("peak memory", "/proc/self/status does not tell");
    fclose(f);
    return kib;
}

/* The definition of the default target; the caller owns it. */
static llb_def *round_of(const char *path)
{
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    llbc_project *p = NULL;
    llbc_result *r = NULL;
    llb_error err = {0};
    size_t *targets, n;

    o.no_resolve = 1;
    o.build_platform = "linux/amd64";
    uint64_t cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t start = read_clock(CLOCK_MONOTONIC);
    llbc_diags *d = llbc_diags_new();
    if (!d || llbc_open(path, NULL, d, &p, &err) != LLB_OK)
        die(path, d && llbc_diags_count(d) ? llbc_diags_get(d, 0)->message
                                           : err.message);
    uint64_t opened = read_clock(CLOCK_MONOTONIC);
    if (llbc_select(p, NULL, 0, &targets, &n, &err) != LLB_OK ||
        llbc_compile(p, targets[0], &o, &r, &err) != LLB_OK)
        die(path,
            llbc_diags_count(d) ? llbc_diags_get(d, 0)->message : err.message);
    uint64_t compiled = read_clock(CLOCK_MONOTONIC);
    llb_def *def = llb_def_ref(llbc_result_def(r));
    free(targets);
    llbc_result_free(r);
    llbc_project_free(p);
    llbc_diags_free(d);
    uint64_t done = read_clock(CLOCK_MONOTONIC);
    printf("{\"open_ns\": %llu, \"compile_ns\": %llu, \"free_ns\": %llu, "
           "\"cpu_ns\": %llu}\n",
           (unsigned long long)(opened - start),
           (unsigned long long)(compiled - opened),
           (unsigned long long)(done - compiled),
           (unsigned long long)(read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu));
    return def;
}

int main(int argc, char **argv)
{
    int rounds = argc == 3 ? atoi(argv[2]) : 1;
    llb_def *def = NULL;
    size_t len;

    if (argc < 2 || argc > 3 || rounds < 1)
        die("usage", "llb_compile FILE [ROUNDS]");
    for (int i = 0; i < rounds; i++) {
        llb_def_free(def);
        def = round_of(argv[1]);
    }
    llb_def_bytes(def, &len);
    printf("{\"n_ops\": %zu, \"len\": %zu, \"peak_kib\": %ld}\n",
           llb_def_n_ops(def), len, peak_kib());
    llb_def_free(def);
    return 0;
}

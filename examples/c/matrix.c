/* A CI matrix: one definition for each cell of compilers x platforms x
 * suites, for a fleet of daemons that builds them in any order.
 *
 *     matrix FOLDER        writes FOLDER/COMPILER-ARCH-SUITE.pb
 *
 * A graph knows nothing of platforms: a state is made once for each compiler
 * and suite and marshalled for each platform. Cells that share steps share
 * their digests, so no daemon builds a step twice.
 */
#include <stdio.h>
#include <unistd.h>

#include <llb/llb.h>

static const char *const compilers[] = {"gcc:13", "gcc:14", "clang:18"};
static const char *const archs[] = {"amd64", "arm64"};
static const char *const suites[] = {"unit", "system"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* The sources as they are in the folder that the solve calls "src", but for
 * what never matters to a test. */
static const llb_state *sources(llb_graph *g)
{
    static const char *const exclude[] = {".git", "build", "docs"};
    llb_local_opts o = LLB_LOCAL_OPTS_INIT;

    o.exclude = exclude;
    o.n_exclude = COUNT(exclude);
    o.shared_key_hint = "matrix";
    return llb_local(g, "src", &o);
}

/* One make in dir /src of base. The object files stay in a cache, which only
 * one cell of a compiler uses at a time. */
static llb_exec *make(const llb_state *base, const char *compiler,
                      const char *goal)
{
    llb_run_opts run = LLB_RUN_OPTS_INIT;
    llb_mount cache = LLB_MOUNT_INIT;
    llb_constraints constraints = LLB_CONSTRAINTS_INIT;
    const char *args[] = {"make", goal};
    char title[64];

    cache.dest = "/var/cache/objects";
    cache.cache_id = compiler;
    cache.sharing = LLB_CACHE_LOCKED;
    snprintf(title, sizeof title, "%s: make %s", compiler, goal);
    constraints.custom_name = title;
    run.args = args;
    run.n_args = COUNT(args);
    run.mounts = &cache;
    run.n_mounts = 1;
    run.constraints = &constraints;
    return llb_run(base, &run);
}

/* All but the result of the suite, which is /src/report of the last step. */
static const llb_state *cell(llb_graph *g, const char *compiler,
                             const char *suite)
{
    char image[64];
    llb_copy_opts contents = LLB_COPY_OPTS_INIT;

    snprintf(image, sizeof image, "ci.example/%s", compiler);
    const llb_state *s = llb_dir(llb_image(g, image, NULL), "/src");
    contents.dir_contents_only = 1;
    contents.create_dest_path = 1;
    const llb_actions *a = llb_actions_new(g);
    a = llb_copy(a, sources(g), "/", "/src", &contents);
    s = llb_exec_root(make(llb_file(s, a, NULL), compiler, "all"));
    s = llb_exec_root(make(s, compiler, suite));

    /* Only the report leaves the daemon. */
    contents.create_dest_path = 0;
    a = llb_copy(llb_actions_new(g), s, "/src/report", "/", &contents);
    return llb_file(llb_scratch(g), a, NULL);
}

static llb_status marshal_for(const llb_state *s, const char *arch,
                              llb_def **ret_def, llb_error *err)
{
    llb_platform platform = LLB_PLATFORM_INIT;
    llb_constraints constraints = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;

    platform.os = "linux";
    platform.arch = arch;
    constraints.platform = &platform;
    o.constraints = &constraints;
    return llb_marshal(s, &o, ret_def, err);
}

static int save(const char *path, const llb_def *def)
{
    size_t len;
    const void *bytes = llb_def_bytes(def, &len);
    FILE *f = fopen(path, "wb");
    int good = f && fwrite(bytes, 1, len, f) == len;

    if (f && fclose(f) != 0)
        good = 0;
    if (!good)
        perror(path);
    else
        printf("%s %s\n", llb_def_digest(def), path);
    return good;
}

static int emit(const llb_state *s, const char *arch, const char *path)
{
    llb_def *def = NULL;
    llb_error err = {0};

    if (marshal_for(s, arch, &def, &err) != LLB_OK) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        return 0;
    }
    int good = save(path, def);
    llb_def_free(def);
    return good;
}

int main(int argc, char **argv)
{
    int good = 1;

    if (argc != 2) {
        fprintf(stderr, "usage: matrix FOLDER\n");
        return 2;
    }
    if (chdir(argv[1]) != 0) {
        perror(argv[1]);
        return 1;
    }
    llb_graph *g = llb_graph_new(NULL);
    for (size_t c = 0; c < COUNT(compilers); c++) {
        for (size_t t = 0; t < COUNT(suites); t++) {
            const llb_state *s = cell(g, compilers[c], suites[t]);
            for (size_t p = 0; p < COUNT(archs); p++) {
                char path[128];
                snprintf(path, sizeof path, "%s-%s-%s.pb", compilers[c],
                         archs[p], suites[t]);
                good &= emit(s, archs[p], path);
            }
        }
    }
    llb_graph_free(g);
    return good ? 0 : 1;
}

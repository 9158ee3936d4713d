/* A package manager: one build for each package, from a table of recipes.
 *
 *     packages FOLDER      writes FOLDER/NAME.pb for each package
 *
 * A package is built in the tools with its dependencies laid over them, and
 * what it leaves in /pkg is the package. Packages share one graph, so that the
 * daemon knows zlib under curl for the zlib that it has built already.
 *
 * Nothing is checked while the graph is made: what fails makes a failed state,
 * and llb_marshal() says which call it was.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <llb/llb.h>

enum { MAX_DEPS = 4 };

struct package {
    const char *name, *url, *sha256;
    const char *recipe;
    const char *deps[MAX_DEPS]; /* packages above this one */
};

static const struct package packages[] = {
    {"zlib",
     "https://packages.example/zlib-1.3.1.tar.gz",
     "9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23",
     "./configure --prefix=/usr && make && make install DESTDIR=/pkg",
     {NULL}},
    {"openssl",
     "https://packages.example/openssl-3.3.0.tar.gz",
     "53e66b043322a606abf0087e7699a0e033a37fa13feb9742df35c3a33b18fb02",
     "./config --prefix=/usr zlib && make && make install DESTDIR=/pkg",
     {"zlib"}},
    {"curl",
     "https://packages.example/curl-8.8.0.tar.gz",
     "77c0e1cd35ab5b45b659645a93b46d660224d0024f1185e8a95cdb27ae3d787d",
     "./configure --prefix=/usr --with-openssl --with-zlib && make && "
     "make install DESTDIR=/pkg",
     {"openssl", "zlib"}},
};

enum { N_PACKAGES = sizeof packages / sizeof *packages };

static const llb_state *find(const llb_state *const *built, const char *name)
{
    for (size_t i = 0; i < N_PACKAGES; i++)
        if (strcmp(packages[i].name, name) == 0)
            return built[i];
    return NULL; /* a NULL state is an error that the call below reports */
}

/* The tools, and over them each package that p needs. */
static const llb_state *root_for(llb_graph *g, const llb_state *tools,
                                 const struct package *p,
                                 const llb_state *const *built)
{
    const llb_state *layers[1 + MAX_DEPS] = {tools};
    size_t n = 1;

    for (size_t i = 0; i < MAX_DEPS && p->deps[i]; i++)
        layers[n++] = find(built, p->deps[i]);
    return llb_merge(g, layers, n, NULL);
}

static const llb_state *fetch(llb_graph *g, const struct package *p)
{
    llb_http_opts o = LLB_HTTP_OPTS_INIT;
    char digest[80];

    /* With a digest a later build does not ask the server. */
    snprintf(digest, sizeof digest, "sha256:%s", p->sha256);
    o.checksum = digest;
    o.filename = "src.tar.gz";
    return llb_http(g, p->url, &o);
}

/* Root with the sources of p in /build, which later commands run in. */
static const llb_state *unpack(llb_graph *g, const llb_state *root,
                               const struct package *p)
{
    static const char *const args[] = {"tar", "-xf", "/src/src.tar.gz",
                                       "--strip-components=1"};
    llb_mount src = LLB_MOUNT_INIT;
    llb_run_opts run = LLB_RUN_OPTS_INIT;

    src.dest = "/src";
    src.source = fetch(g, p);
    src.readonly = 1;
    run.args = args;
    run.n_args = 4;
    run.mounts = &src;
    run.n_mounts = 1;
    return llb_exec_root(llb_run(llb_dir(root, "/build"), &run));
}

/* What the recipe of p leaves in /pkg. */
static const llb_state *build(llb_graph *g, const llb_state *root,
                              const struct package *p)
{
    const char *args[] = {"/bin/sh", "-euc", p->recipe};
    llb_mount mounts[] = {LLB_MOUNT_INIT, LLB_MOUNT_INIT};
    llb_run_opts run = LLB_RUN_OPTS_INIT;
    llb_constraints constraints = LLB_CONSTRAINTS_INIT;
    const llb_state *s = unpack(g, root, p);
    char title[64];

    mounts[0].dest = "/pkg"; /* without a source: an empty folder */
    mounts[1].dest = "/root/.ccache";
    mounts[1].cache_id = "ccache";
    run.args = args;
    run.n_args = 3;
    run.mounts = mounts;
    run.n_mounts = 2;
    /* For this command; what is built on its result does not inherit it. */
    run.with = llb_env(s, "CC", "ccache cc");

    snprintf(title, sizeof title, "build %s", p->name);
    constraints.custom_name = title;
    run.constraints = &constraints;
    return llb_exec_mount(llb_run(s, &run), "/pkg");
}

static int save(const char *name, const llb_def *def)
{
    char path[128];
    size_t len;
    const void *bytes = llb_def_bytes(def, &len);

    snprintf(path, sizeof path, "%s.pb", name);
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

static int emit(const char *name, const llb_state *s)
{
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_constraints for_all = LLB_CONSTRAINTS_INIT;
    llb_platform platform = LLB_PLATFORM_INIT;
    llb_def *def = NULL;
    llb_error err = {0};

    /* Without it the machine that this runs on decides. */
    platform.os = "linux";
    platform.arch = "amd64";
    for_all.platform = &platform;
    o.constraints = &for_all;
    if (llb_marshal(s, &o, &def, &err) != LLB_OK) {
        fprintf(stderr, "%s: %s\n", name, err.message);
        return 0;
    }
    int good = save(name, def);
    llb_def_free(def);
    return good;
}

int main(int argc, char **argv)
{
    const llb_state *built[N_PACKAGES] = {NULL};
    int good = 1;

    if (argc != 2) {
        fprintf(stderr, "usage: packages FOLDER\n");
        return 2;
    }
    if (chdir(argv[1]) != 0) {
        perror(argv[1]);
        return 1;
    }
    llb_graph *g = llb_graph_new(NULL);
    const llb_state *tools = llb_image(g, "packages.example/tools:12", NULL);
    for (size_t i = 0; i < N_PACKAGES; i++) {
        const struct package *p = &packages[i];
        built[i] = build(g, root_for(g, tools, p, built), p);
        good &= emit(p->name, built[i]);
    }
    llb_graph_free(g); /* and all that was made in it */
    return good ? 0 : 1;
}

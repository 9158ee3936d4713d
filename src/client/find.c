/* Where is a daemon? What somebody has named is taken as it is; the usual
 * sockets are tried one after the other. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <llb/client.h>

#include "addr.h"
#include "arena.h"
#include "context.h"
#include "connect.h"
#include "error.h"

enum { MAX_TRIED = 16, PROBE_MS = 2000 };

struct found {
    bk_found pub; /* first: bk_found_free() finds the rest behind it */
    llb__arena *arena;
    bk_tried tried[MAX_TRIED];
    bool nomem;
};

/* Notes a place; why "" is the one that is taken. */
static void note(struct found *f, const char *source, const char *addr,
                 const char *why)
{
    if (f->pub.n_tried == MAX_TRIED)
        return;
    bk_tried *t = &f->tried[f->pub.n_tried];
    t->source = llb__arena_strdup(f->arena, source);
    t->addr = llb__arena_strdup(f->arena, addr);
    t->why = llb__arena_strdup(f->arena, why);
    if (!t->source || !t->addr || !t->why) {
        f->nomem = true;
        return;
    }
    f->pub.n_tried++;
    if (!*why) {
        f->pub.addr = t->addr;
        f->pub.source = t->source;
    }
}

/* A copy without the blanks around it, which files of variables often have. */
static const char *trim(llb__arena *a, const char *s)
{
    static const char blanks[] = " \t\r\n";

    s += strspn(s, blanks);
    size_t len = strlen(s);
    while (len > 0 && strchr(blanks, s[len - 1]))
        len--;
    return llb__arena_printf(a, "%.*s", (int)len, s);
}

/* Takes what a flag, a variable or a context says. */
static llb_status take(struct found *f, const char *source, const char *text,
                       const bk_tls *tls, llb_error *err)
{
    bk__addr a;
    const char *addr = trim(f->arena, text);
    llb_error why = {0};

    if (!addr)
        return llb__fail_nomem(err);
    llb_status st = bk__addr_parse(addr, tls != NULL, &a, &why);
    f->pub.is_final = true;
    if (st == LLB_OK) {
        bk__addr_clear(&a);
        note(f, source, addr, "");
        f->pub.tls = tls;
        return LLB_OK;
    }
    note(f, source, addr, why.message);
    if (st == LLB_ENOMEM)
        return llb__fail_nomem(err);
    return llb__fail(err, st, LLB__NOWHERE, "%s: %s", source, why.message);
}

/* Is anybody there? */
static bool probe(struct found *f, const char *source, const char *addr)
{
    bk__addr a;
    llb_error why = {0};
    int fd = -1;
    llb_status st = addr ? bk__addr_parse(addr, false, &a, &why) : LLB_ENOMEM;

    if (!addr) {
        f->nomem = true;
        return false;
    }
    if (st == LLB_OK) {
        st = bk__connect(&a, bk__now_ms() + PROBE_MS, &fd, &why);
        bk__addr_clear(&a);
    }
    if (fd >= 0)
        close(fd);
    f->nomem |= st == LLB_ENOMEM;
    /* The message starts with the address, which stands beside it. */
    const char *text = why.message;
    size_t len = strlen(addr);
    if (strncmp(text, addr, len) == 0 && strncmp(text + len, ": ", 2) == 0)
        text += len + 2;
    note(f, source, addr, st == LLB_OK ? "" : text);
    return st == LLB_OK;
}

static const char *runtime_dir(void)
{
    const char *dir = getenv("XDG_RUNTIME_DIR");

    return dir && *dir == '/' ? dir : NULL;
}

static bool find_buildkitd(struct found *f)
{
    const char *dir = runtime_dir();

    if (probe(f, "the system's buildkitd",
              "unix:///run/buildkit/buildkitd.sock"))
        return true;
    return dir &&
           probe(f, "your buildkitd",
                 llb__arena_printf(f->arena,
                                   "unix://%s/buildkit/buildkitd.sock", dir));
}

static bool find_private(struct found *f)
{
    char *dir = bk_engine_dir();

    if (!dir) {
        f->nomem = true;
        return false;
    }
    bool yes =
        probe(f, "a private engine",
              llb__arena_printf(f->arena, "unix://%s/buildkitd.sock", dir)) ||
        probe(f, "a private engine",
              llb__arena_printf(f->arena, "docker://%s/docker.sock", dir));
    free(dir);
    return yes;
}

/* The engine that Docker's variables and contexts name, if they do. */
static bool find_docker(struct found *f, llb_status *ret_st, llb_error *err)
{
    bk__engine_ref ref;
    llb_error why = {0};

    if (!bk__docker_engine(f->arena, &ref, &why))
        return false;
    if (ref.addr) {
        *ret_st = take(f, ref.source, ref.addr, ref.tls, err);
        return true;
    }
    f->pub.is_final = true;
    note(f, ref.source, ref.name, why.message);
    *ret_st = why.status == LLB_ENOMEM ? LLB_ENOMEM : LLB_EUNAVAILABLE;
    llb__fail(err, *ret_st, LLB__NOWHERE, "%s", why.message);
    return true;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static llb_status find(struct found *f, const char *addr, llb_error *err)
{
    static const char *const names[] = {"LLB_ADDR", "BUILDKIT_HOST"};
    llb_status st;

    if (addr && *addr)
        return take(f, "--addr", addr, NULL, err);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (variable(names[i]))
            return take(f, names[i], variable(names[i]), NULL, err);
    }
    if (find_buildkitd(f))
        return LLB_OK;
    if (find_docker(f, &st, err))
        return st;
    if (probe(f, "the Docker Engine", "docker:///var/run/docker.sock") ||
        find_private(f))
        return LLB_OK;
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                     "no BuildKit daemon was found: nothing is set that names "
                     "one, and none listens on the %zu usual sockets",
                     f->pub.n_tried);
}

llb_status bk_find_daemon(const char *addr, bk_found **ret_found,
                          llb_error *err)
{
    struct found *f = calloc(1, sizeof *f);

    *ret_found = NULL;
    if (!f)
        return llb__fail_nomem(err);
    f->arena = llb__arena_new(1 << 20);
    f->pub.tried = f->tried;
    llb_status st = f->arena ? find(f, addr, err) : llb__fail_nomem(err);
    if (f->nomem)
        st = llb__fail_nomem(err);
    if (st == LLB_ENOMEM)
        bk_found_free(&f->pub);
    else
        *ret_found = &f->pub;
    return st;
}

void bk_found_free(bk_found *pub)
{
    struct found *f = (struct found *)pub;

    if (!f)
        return;
    llb__arena_free(f->arena);
    free(f);
}

char *bk_engine_dir(void)
{
    const char *dir = runtime_dir();

    if (!dir)
        return strdup("/run/llb");
    size_t len = strlen(dir) + sizeof "/llb";
    char *path = malloc(len);
    if (path) {
        strcpy(path, dir);
        strcat(path, "/llb");
    }
    return path;
}

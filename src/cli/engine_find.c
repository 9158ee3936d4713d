/* Which daemon to start: one that is installed, or one that was unpacked. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

/* Daemons lie in sbin, which the PATH of an ordinary shell leaves out. */
#define MORE_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

/* The first program of that name in a PATH-like list, or NULL. */
static const char *in_path(llb__arena *a, const char *path, const char *name)
{
    while (*path) {
        size_t len = strcspn(path, ":");
        if (len > 0 && *path == '/') {
            const char *file =
                llb__arena_printf(a, "%.*s/%s", (int)len, path, name);
            if (file && is_program(file))
                return file;
        }
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* Unpacked packages bring libraries that the system may lack. A tree with a C
 * library of its own would break every program, so it is left alone. */
static const char *libraries(llb__arena *a, const char *tree)
{
    const char *dirs = NULL;
    static const char *const below[] = {"usr/lib/" LLB_TRIPLET,
                                        "lib/" LLB_TRIPLET, "usr/lib", "lib"};

    for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++) {
        const char *dir = llb__arena_printf(a, "%s/%s", tree, below[i]);
        const char *libc = llb__arena_printf(a, "%s/libc.so.6", dir);
        if (!dir || !libc || access(libc, F_OK) == 0)
            return NULL;
        if (access(dir, F_OK) == 0)
            dirs = dirs ? llb__arena_printf(a, "%s:%s", dirs, dir) : dir;
    }
    return dirs;
}

static llb_status look_in_tree(llb__arena *a, const char *tree,
                               cmd__engine_program *p, llb_error *err)
{
    const char *path = llb__arena_printf(
        a, "%s:%s/bin:%s/sbin:%s/usr/bin:%s/usr/sbin:%s/usr/local/bin", tree,
        tree, tree, tree, tree, tree);

    if (!path)
        return llb__fail_nomem(err);
    p->binary = in_path(a, path, "buildkitd");
    if (!p->binary)
        p->binary = in_path(a, path, "dockerd");
    if (!p->binary)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "there is neither buildkitd nor dockerd in %s, its "
                         "bin, sbin, usr/bin or usr/sbin",
                         tree);
    p->path = llb__arena_printf(a, "%s:%s", path, p->path);
    p->libraries = libraries(a, tree);
    return p->path ? LLB_OK : llb__fail_nomem(err);
}

static llb_status look_at(llb__arena *a, const char *binary,
                          cmd__engine_program *p, llb_error *err)
{
    char *real = realpath(binary, NULL);
    struct stat st;

    if (!real || stat(real, &st) < 0) {
        free(real);
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE, "--binary %s: %s",
                         binary, strerror(errno));
    }
    const char *path = llb__arena_strdup(a, real);
    free(real);
    if (!path)
        return llb__fail_nomem(err);
    if (S_ISDIR(st.st_mode))
        return look_in_tree(a, path, p, err);
    if (!is_program(path))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "--binary %s is no program", binary);
    p->binary = path;
    /* its companions lie beside it, when they are not installed */
    p->path = llb__arena_printf(a, "%.*s:%s", (int)(strrchr(path, '/') - path),
                                path, p->path);
    return p->path ? LLB_OK : llb__fail_nomem(err);
}

/* Kind by name: it decides the arguments, so a guess would be wrong. */
static llb_status set_kind(cmd__engine_program *p, llb_error *err)
{
    const char *name = strrchr(p->binary, '/') + 1;

    if (strstr(name, "buildkitd"))
        p->kind = CMD__BUILDKITD;
    else if (strstr(name, "dockerd"))
        p->kind = CMD__DOCKERD;
    else
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is neither buildkitd nor dockerd by its name",
                         p->binary);
    return LLB_OK;
}

static llb_status check_companions(llb__arena *a, cmd__engine_program *p,
                                   llb_error *err)
{
    bool runc =
        in_path(a, p->path, "runc") ||
        (p->kind == CMD__BUILDKITD && in_path(a, p->path, "buildkit-runc"));

    if (!runc)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%s needs runc to run steps, and there is none; "
                         "try apt-get install runc",
                         p->binary);
    if (p->kind == CMD__BUILDKITD)
        return LLB_OK;
    p->containerd = in_path(a, p->path, "containerd");
    if (!p->containerd)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%s needs containerd, and there is none; unpack the "
                         "package containerd beside it",
                         p->binary);
    return LLB_OK;
}

llb_status cmd__engine_find(llb__arena *a, const char *binary,
                            cmd__engine_program *ret, llb_error *err)
{
    const char *path = getenv("PATH");
    cmd__engine_program p = {.kind = CMD__BUILDKITD};
    llb_status st = LLB_OK;

    p.path =
        llb__arena_printf(a, "%s:%s", path && *path ? path : "/", MORE_PATH);
    if (!p.path)
        return llb__fail_nomem(err);
    if (binary)
        st = look_at(a, binary, &p, err);
    else if (!(p.binary = in_path(a, p.path, "buildkitd")) &&
             !(p.binary = in_path(a, p.path, "dockerd")))
        st = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                       "there is neither buildkitd nor dockerd in PATH; "
                       "install one (on Debian: docker.io), or unpack it "
                       "somewhere and give the folder as --binary");
    if (st != LLB_OK)
        return st;
    st = set_kind(&p, err);
    if (st == LLB_OK)
        st = check_companions(a, &p, err);
    if (st == LLB_OK)
        *ret = p;
    return st;
}

/* `glob`: files and folders of the project by a pattern. `*`, `?` and `[a-z]`
 * stand for text within one part of a path, `**` for any number of folders.
 * Links are never followed, so no pattern leads out of the project or walks in
 * a circle. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtins_impl.h"
#include "compile.h"
#include "eval.h"
#include "utf8.h"

enum { MAX_PARTS = 64, MAX_FOLDERS = 128 /* within each other */ };

typedef struct globber {
    llbc__eval *e;
    llb_span at;
    const char *parts[MAX_PARTS]; /* of the pattern */
    size_t n_parts;
    const char **found;
    size_t n_found, cap_found;
    bool failed; /* and reported */
} globber;

static bool is_pattern(const char *part)
{
    return strpbrk(part, "*?[\\") != NULL;
}

static void fail(globber *g, const char *what, const char *path)
{
    if (!g->failed)
        llbc__report(g->e->diags, LLBC__E_LOCAL, g->at, "\"%s\": %s", path,
                     what);
    g->failed = true;
}

/* path/name, or name alone at the start. */
static const char *below(globber *g, const char *path, const char *name)
{
    return *path ? llbc__eval_printf(g->e, "%s/%s", path, name)
                 : llbc__eval_strndup(g->e, name, strlen(name));
}

static void add(globber *g, const char *path)
{
    const char **slot = LLBC__PUSH(g->e, g->found, g->n_found, g->cap_found);

    if (slot)
        *slot = path;
}

static void walk(globber *g, int dir, const char *path, size_t part,
                 unsigned depth);

/* The rest of the pattern, inside the folder `name` of dir. */
static void descend(globber *g, int dir, const char *name, const char *path,
                    size_t part, unsigned depth)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0)
        walk(g, fd, path, part, depth + 1);
    else if (errno != ENOTDIR && errno != ELOOP && errno != ENOENT)
        fail(g, strerror(errno), path);
}

/* One entry of a folder against the part of the pattern at hand. */
static void visit(globber *g, int dir, const char *name, const char *path,
                  size_t part, unsigned depth)
{
    bool any = strcmp(g->parts[part], "**") == 0;
    bool last = part + 1 == g->n_parts;

    if (!llbc__eval_step(g->e, g->at))
        return;
    if (!any && !llbc__match(g->e, g->parts[part], name))
        return;
    const char *full = below(g, path, name);
    if (!full)
        return;
    if (!llb__utf8_valid(full, strlen(full))) {
        fail(g, "a name that is not UTF-8", path);
        return;
    }
    if (last)
        add(g, full);
    if (any || !last)
        descend(g, dir, name, full, part + (any ? 0 : 1), depth);
}

static void walk_entries(globber *g, DIR *d, const char *path, size_t part,
                         unsigned depth)
{
    struct dirent *entry;

    while (!g->failed && !g->e->stopped && (entry = readdir(d)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            visit(g, dirfd(d), name, path, part, depth);
    }
}

/* Parts of the pattern from `part` on, in the open folder dir, which is closed.
 * "**" is also no folder at all: then its next part is looked for here. */
static void walk(globber *g, int dir, const char *path, size_t part,
                 unsigned depth)
{
    DIR *d = fdopendir(dir);

    if (!d) {
        close(dir);
        fail(g, strerror(errno), path);
        return;
    }
    if (depth > MAX_FOLDERS)
        fail(g, "folders within each other go too deep", path);
    walk_entries(g, d, path, part, depth);
    for (; strcmp(g->parts[part], "**") == 0 && part + 1 < g->n_parts; part++) {
        rewinddir(d);
        walk_entries(g, d, path, part + 1, depth);
    }
    closedir(d);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was found, sorted, each once, behind what the pattern starts with. */
static llbc__value result(globber *g, const char *start)
{
    llbc__value *items = llbc__eval_alloc(g->e, g->n_found, sizeof(*items));
    size_t n = 0;

    if (!items || g->failed)
        return llbc__no_value();
    if (g->n_found)
        qsort(g->found, g->n_found, sizeof(*g->found), by_bytes);
    for (size_t i = 0; i < g->n_found; i++) {
        if (i && strcmp(g->found[i], g->found[i - 1]) == 0)
            continue;
        const char *path = llbc__eval_printf(g->e, "%s%s", start, g->found[i]);
        if (!path)
            return llbc__no_value();
        items[n++] = llbc__text_value(path);
    }
    return llbc__list_value(items, n);
}

/* Cuts the pattern into parts; what stands before the first part with a
 * wildcard is the folder to start in. */
static const char *split(globber *g, const char *pattern)
{
    const char *rest = pattern;
    char *copy, *save = NULL;

    for (const char *s = pattern; *s;) {
        size_t n = strcspn(s, "/");
        const char *part = llbc__eval_strndup(g->e, s, n);
        if (!part)
            return NULL;
        if (is_pattern(part) || !s[n])
            break;
        rest = s + n + 1;
        s = rest;
    }
    copy = (char *)llbc__eval_strndup(g->e, rest, strlen(rest));
    for (char *p = copy ? strtok_r(copy, "/", &save) : NULL; p;
         p = strtok_r(NULL, "/", &save)) {
        if (g->n_parts == MAX_PARTS || strcmp(p, "..") == 0) {
            fail(g, "too many parts, or \"..\" behind a wildcard", pattern);
            return NULL;
        }
        if (strcmp(p, ".") != 0)
            g->parts[g->n_parts++] = p;
    }
    return copy ? llbc__eval_strndup(g->e, pattern, (size_t)(rest - pattern))
                : NULL;
}

/* The folder that the pattern starts in, really below the root. */
static int open_start(globber *g, const char *start)
{
    const char *name;
    const char *path =
        llbc__inner_path(g->e, *start ? start : ".", g->at, &name);
    int fd = -1;

    if (!path) {
        g->failed = true;
        return -1;
    }
    llb_status st = llbc__folder_stays(g->e->project->root, name);
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(g->e);
    if (st == LLB_OK)
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd;
}

llbc__value llbc__fn_glob(llbc__eval *e, const llbc__actuals *a)
{
    globber g = {.e = e, .at = llbc__at_of(a, "PATTERN")};
    const char *pattern = llbc__str_of(a, "PATTERN");
    const char *start = split(&g, pattern);

    if (start && !g.n_parts)
        fail(&g, "the pattern names nothing", pattern);
    int dir = start && !g.failed ? open_start(&g, start) : -1;
    if (dir >= 0)
        walk(&g, dir, "", 0, 0);
    return start ? result(&g, start) : llbc__no_value();
}

/* Trees of files for tests: made from a list, compared, removed. */
#ifndef TREE_H
#define TREE_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new empty folder; the caller frees the name. */
static inline char *tree_new(void)
{
    char *dir = strdup("/tmp/llb-test-XXXXXX");

    if (!mkdtemp(dir))
        abort();
    return dir;
}

static inline int tree_unlink(const char *path, const struct stat *st, int flag,
                              struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

/* Removes dir with all that is in it, and frees the name. */
static inline void tree_free(char *dir)
{
    nftw(dir, tree_unlink, 32, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

static inline const char *tree_path(const char *dir, const char *name)
{
    static char path[2][8192];
    static int i;

    i = !i;
    snprintf(path[i], sizeof path[i], "%s/%s", dir, name);
    return path[i];
}

static inline void tree_file(const char *dir, const char *name,
                             const char *text)
{
    FILE *f = fopen(tree_path(dir, name), "w");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

/* Makes the entries of a list with spaces: "a/" is a folder, "a" an empty
 * file, "a>b" a symlink to b. */
static inline void tree_make(const char *dir, const char *list)
{
    char *copy = strdup(list), *save = NULL;

    for (char *e = strtok_r(copy, " ", &save); e;
         e = strtok_r(NULL, " ", &save)) {
        char *arrow = strchr(e, '>');
        size_t len = strlen(e);
        if (arrow) {
            *arrow = '\0';
            if (symlink(arrow + 1, tree_path(dir, e)) < 0)
                abort();
        } else if (e[len - 1] == '/') {
            e[len - 1] = '\0';
            if (mkdir(tree_path(dir, e), 0755) < 0)
                abort();
        } else {
            tree_file(dir, e, "");
        }
    }
    free(copy);
}

static inline char *tree_read(const char *dir, const char *name)
{
    char *text = calloc(1, 1 << 16);
    FILE *f = fopen(tree_path(dir, name), "r");

    if (!f) {
        free(text);
        return NULL;
    }
    text[fread(text, 1, (1 << 16) - 1, f)] = '\0';
    fclose(f);
    return text;
}

static inline bool tree_has(const char *dir, const char *name)
{
    struct stat st;

    return lstat(tree_path(dir, name), &st) == 0;
}

#endif

/* Tests of following symlinks for followpaths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "follow.h"
#include "tree.h"

static char *dir;

static int make_tree(void **state)
{
    (void)state;
    dir = tree_new();
    tree_make(dir, "real/ real/sub/ real/f real/sub/g abs>/real/f rel>real "
                   "real/up>../../../real/f loop1>loop2 loop2>loop1 "
                   "self>self/x out>../../etc chain1>chain2 chain2>real/sub "
                   "l1>real/f l2>real/sub x/ x/rooted>/ real/sub/back>../f "
                   "gone>nowhere");
    return 0;
}

static int free_tree(void **state)
{
    (void)state;
    tree_free(dir);
    return 0;
}

/* paths and want: lists with spaces between. */
static const struct follow_case {
    const char *name, *paths, *want;
} cases[] = {
    {"a plain path is itself", "real/f", "real/f"},
    {"a missing path stays", "nope/x", "nope/x"},
    {"a symlink and what it leads to", "rel/f", "real/f rel"},
    {"an absolute symlink counts from the root", "abs", "abs real/f"},
    {"dots do not leave the root", "real/up", "real/f real/up"},
    {"a symlink out of the root stays in it", "out/passwd", "etc/passwd out"},
    {"a loop ends", "loop1", "loop1 loop2"},
    {"a symlink below itself ends", "self", "self"},
    {"two symlinks in a row", "chain1/g", "chain1 chain2 real/sub/g"},
    {"a relative symlink counts from its folder", "real/sub/back",
     "real/f real/sub/back"},
    {"wildcards stay and their symlinks are followed", "l*",
     "l* real/f real/sub loop1 loop2"},
    {"a wildcard that matches no symlink", "real/s*/g", "real/s*/g"},
    {"one below another goes", "real real/f", "real"},
    {"two paths through one symlink", "rel/f rel/sub/g",
     "real/f real/sub/g rel"},
    {"a symlink to the root is everything", "x/rooted", "*all*"},
    {"a dangling symlink", "gone", "gone nowhere"},
    {"dots at the start of a path", "./../real/f", "real/f"},
};

static void check_follow(void **state)
{
    const struct follow_case *c = *state;
    llb__arena *a = llb__arena_new(1 << 24);
    char *copy = strdup(c->paths), *save = NULL;
    llb__bytes paths[8], *got = NULL;
    size_t n = 0, n_got = 0;
    bool all = false;
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    llb__buf text = LLB__BUF_INIT;

    for (char *s = strtok_r(copy, " ", &save); s;
         s = strtok_r(NULL, " ", &save))
        paths[n++] = (llb__bytes){(uint8_t *)s, strlen(s)};
    assert_int_equal(
        bk__follow(root, dir, paths, n, a, &got, &n_got, &all, NULL), LLB_OK);
    if (strcmp(c->want, "*all*") == 0) {
        assert_true(all);
    } else {
        char *want = strdup(c->want);
        size_t n_want = 0;
        for (char *s = strtok_r(want, " ", &save); s;
             s = strtok_r(NULL, " ", &save)) {
            bool found = false;
            for (size_t i = 0; i < n_got; i++)
                found |= got[i].len == strlen(s) &&
                         memcmp(got[i].data, s, got[i].len) == 0;
            if (!found)
                fail_msg("%s: no \"%s\"", c->name, s);
            n_want++;
        }
        for (size_t i = 0; i < n_got; i++)
            llb__buf_printf(&text, "%.*s ", (int)got[i].len,
                            (const char *)got[i].data);
        if (n_got != n_want)
            fail_msg("%s: got %s", c->name, text.data);
        free(want);
    }
    llb__buf_clear(&text);
    close(root);
    free(copy);
    llb__arena_free(a);
}

static void a_folder_of_symlinks_to_itself_ends(void **state)
{
    char *odd = tree_new();
    llb__arena *a = llb__arena_new((size_t)256 << 20);
    llb__bytes path = {(const uint8_t *)"*/*/*/*", 7}, *got = NULL;
    size_t n = 0;
    bool all = false;
    llb_error err = {0};
    (void)state;

    for (int i = 0; i < 30; i++) {
        char name[16];
        snprintf(name, sizeof name, "l%d", i);
        assert_int_equal(symlink(".", tree_path(odd, name)), 0);
    }
    int root = open(odd, O_RDONLY | O_DIRECTORY);
    llb_status st = bk__follow(root, odd, &path, 1, a, &got, &n, &all, &err);
    assert_true(st == LLB_OK || st == LLB_ELIMIT);
    if (st == LLB_OK)
        assert_true(all);
    close(root);
    llb__arena_free(a);
    tree_free(odd);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1] = {
        cmocka_unit_test(a_folder_of_symlinks_to_itself_ends)};

    for (size_t i = 0; i < N; i++)
        tests[1 + i] = (struct CMUnitTest){cases[i].name, check_follow, NULL,
                                           NULL, (void *)&cases[i]};
    return cmocka_run_group_tests(tests, make_tree, free_tree);
}

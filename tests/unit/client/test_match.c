/* Tests of include and exclude patterns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "match.h"
#include "match_path.h"

static llb__bytes bytes(const char *s)
{
    return (llb__bytes){(const uint8_t *)s, strlen(s)};
}

/* Patterns of a list with spaces between them. */
static llb_status matcher(const char *list, bk__matcher **ret, llb_error *err)
{
    char *copy = strdup(list), *save = NULL;
    llb__bytes p[64];
    size_t n = 0;

    for (char *s = strtok_r(copy, " ", &save); s;
         s = strtok_r(NULL, " ", &save))
        p[n++] = bytes(s);
    llb_status st = bk__matcher_new(p, n, ret, err);
    free(copy);
    return st;
}

/* Asks as a walk does: each folder on the way, then path itself. */
static bool matches(bk__matcher *m, const char *path)
{
    uint8_t info[2][64];
    size_t len = strlen(path), n = 0;
    bool yes = false;

    for (size_t i = 1; i <= len; i++) {
        if (i < len && path[i] != '/')
            continue;
        llb__bytes part = {(const uint8_t *)path, i};
        yes = bk__match(m, part, n ? info[!(n & 1)] : NULL, info[n & 1]);
        n++;
    }
    return yes;
}

/* yes and no: paths with spaces between them; '+' stands for a newline. */
static const struct match_case {
    const char *name, *patterns, *yes, *no;
} cases[] = {
    {"a name is at the top only", "a", "a a/b a/b/c", "b/a ab b"},
    {"a star stops at slashes", "*.py", "x.py .py x.py/a", "d/x.py x.pyc"},
    {"a question mark is one character", "a?c",
     "abc a\xc3\xa9"
     "c",
     "ac a/c abbc"},
    {"two stars and a slash are any depth", "**/x", "x a/x a/b/x x/y",
     "ax a/bx"},
    {"two stars and a name are a suffix", "**x", "x ax a/bx", "xa a/xa"},
    {"two stars at the end are everything below", "a/**", "a/b a/b/c",
     "a b/a ab"},
    {"two stars alone are everything", "**", "a a/b", ""},
    {"two stars in the middle may be nothing", "a/**/b", "a/b a/c/b a/c/d/b",
     "ab a/cb"},
    {"stars around a name", "**/a*/**", "ax/b c/ab/d", "a b/a"},
    {"a class", "[a-c]x", "ax cx", "dx x [a-c]x"},
    {"a class that is turned round", "[^a]x", "bx", "ax"},
    {"an exclamation mark in a class is itself", "[!a]x", "!x ax", "bx"},
    {"a class takes escapes", "[\\]x]", "] x", "\\ [ a"},
    {"a backslash takes the star's meaning", "\\*", "*", "a \\*"},
    {"a dot is a dot", "a.*", "a.b a.", "abb"},
    {"brackets and bars are characters", "(a|b){2}*", "(a|b){2}x", "aa bb"},
    {"a dot of an expression is no newline", "**/x*", "x y/x1", "a+b/y/x1 a+b"},
    {"cleaning comes first", "./a//b/../c/", "a/c a/c/d", "a a/b"},
    {"a leading slash matches nothing", "/a", "", "a a/b"},
    {"a dot-slash behind an exclamation mark stays", "a !./a/b", "a a/b", ""},
    {"the last match wins", "a !a/b a/b/c", "a a/x a/b/c", "a/b a/b/d"},
    {"an exception is inherited", "* !data data/f", "x data/f", "data data/g"},
    {"an exception from nothing yet is not inherited", "**/*.o !keep",
     "a.o keep/x.o", "keep keep/x.c"},
    {"the order decides", "!a a", "a a/b", ""},
    {"an exception by name at any depth", "* !**/*.py", "d d/x",
     "x.py d/x.py d/e/y.py"},
    {"a star for a folder's entries", "build/*", "build/x build/x/o",
     "build b"},
    {"a class of stars is what theirs is", "[*]", "[] ] /]", "* a"},
    {"a caret at the start is an anchor", "^a*", "a ab", "^a b"},
    {"a digit class as in an expression", "a\\d", "a1 a9", "ad a\\d"},
    {"a named class", "[[:upper:]]*", "A Bc", "a 1"},
};

static void check_match(void **state)
{
    const struct match_case *c = *state;
    bk__matcher *m = NULL;
    llb_error err = {0};

    assert_int_equal(matcher(c->patterns, &m, &err), LLB_OK);
    for (int yes = 0; yes < 2; yes++) {
        char *copy = strdup(yes ? c->yes : c->no), *save = NULL;
        for (char *s = strtok_r(copy, " ", &save); s;
             s = strtok_r(NULL, " ", &save)) {
            for (char *p = s; *p; p++)
                *p = *p == '+' ? '\n' : *p;
            if (matches(m, s) != yes)
                fail_msg("%s: \"%s\" %s match \"%s\"", c->name, c->patterns,
                         yes ? "must" : "must not", s);
        }
        free(copy);
    }
    bk__matcher_free(m);
}

static void wrong_patterns_are_named(void **state)
{
    static const char *const wrong[] = {
        "!",     "[a", "[]",  "[a-", "[-a]", "[a-]",    "a\\",
        "[z-a]", "a[", "[^]", "\\q", "a\\z", "[[:no:]]"};
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bk__matcher *m = NULL;
        llb_error err = {0};
        assert_int_equal(matcher(wrong[i], &m, &err), LLB_EINVAL);
        assert_null(m);
        assert_non_null(strstr(err.message, wrong[i]));
    }
}

static void space_is_cut_and_empty_ones_are_skipped(void **state)
{
    llb__bytes p[] = {bytes(" \t\xc2\xa0 a \xe2\x80\x83\r"), bytes("  "),
                      bytes("")};
    bk__matcher *m = NULL;
    (void)state;

    assert_int_equal(bk__matcher_new(p, 3, &m, NULL), LLB_OK);
    assert_int_equal(bk__matcher_info_len(m), 1);
    assert_true(matches(m, "a"));
    bk__matcher_free(m);
}

static void folders_that_hold_nothing_are_known(void **state)
{
    static const struct {
        const char *patterns, *dir;
        bool include, except;
    } rows[] = {
        {"src/a.c", "src", true, false},
        {"src/a.c", "node_modules", false, false},
        {"src/a.c", "srcx", false, false},
        {"src/*.c", "src", true, false},
        {"src/*.c", "lib", false, false},
        {"**/x", "any/depth", true, false},
        {"a/*/b", "a/q/r", true, false},
        {"a/*/b", "b", false, false},
        {"* !src/package.json", "src", true, true},
        {"* !src/package.json", "node_modules", true, false},
        {"* !**/package.json", "node_modules", true, true},
        {"x !a/**", "a", false, true},
        {"x !a/**", "b", false, false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bk__matcher *m = NULL;
        assert_int_equal(matcher(rows[i].patterns, &m, NULL), LLB_OK);
        assert_int_equal(bk__match_may_include_below(m, bytes(rows[i].dir)),
                         rows[i].include);
        assert_int_equal(bk__match_may_except_below(m, bytes(rows[i].dir)),
                         rows[i].except);
        bk__matcher_free(m);
    }
}

static void no_pattern_takes_long(void **state)
{
    char pattern[601], path[4096];
    bk__matcher *m = NULL;
    llb__bytes p = {(uint8_t *)pattern, 600};
    (void)state;

    for (size_t i = 0; i < 600; i += 3)
        memcpy(pattern + i, "a*/", 3);
    memcpy(pattern, "**/", 3);
    memset(path, 'a', sizeof path);
    for (size_t i = 1; i < sizeof path; i += 2)
        path[i] = '/';
    assert_int_equal(bk__matcher_new(&p, 1, &m, NULL), LLB_OK);
    clock_t start = clock();
    uint8_t info[1];
    for (int i = 0; i < 20; i++)
        bk__match(m, (llb__bytes){(uint8_t *)path, sizeof path - 1}, NULL,
                  info);
    /* Backtracking would need longer than there is time. */
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    bk__matcher_free(m);
}

static void too_long_a_pattern_is_refused(void **state)
{
    llb__bytes p = {NULL, 9000};
    char *text = malloc(p.len);
    bk__matcher *m = NULL;
    (void)state;

    memset(text, '*', p.len);
    p.data = (uint8_t *)text;
    assert_int_equal(bk__matcher_new(&p, 1, &m, NULL), LLB_EINVAL);
    free(text);
}

static void paths_are_cleaned(void **state)
{
    static const char *const rows[][2] = {
        {"", "."},
        {".", "."},
        {"a", "a"},
        {"a/", "a"},
        {"/", "/"},
        {"//a", "/a"},
        {"a//b", "a/b"},
        {"./a/./b", "a/b"},
        {"a/..", "."},
        {"a/../..", ".."},
        {"../a", "../a"},
        {"/..", "/"},
        {"/../a", "/a"},
        {"a/b/../c", "a/c"},
        {"../../a/..", "../.."},
        {"..a/...", "..a/..."},
    };
    char out[64];
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = bk__path_clean(bytes(rows[i][0]), out);
        assert_string_equal(out, rows[i][1]);
        assert_int_equal(n, strlen(out));
    }
}

static void paths_from_outside_are_checked(void **state)
{
    static const char *const wrong[] = {"",     ".",    "..",  "/a",    "a/..",
                                        "../a", "a//b", "./a", "a/./b", "a/"};
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(bk__path_is_inside(bytes(wrong[i])));
    assert_false(bk__path_is_inside((llb__bytes){(uint8_t *)"a\0b", 3}));
    assert_true(bk__path_is_inside(bytes("a/..b/c...")));
}

static void a_slash_comes_before_everything(void **state)
{
    static const char *const in_order[] = {"a",   "a/z",   "a b", "a b/q",
                                           "a-b", "a.txt", "a0",  "b"};
    (void)state;

    for (size_t i = 0; i < sizeof in_order / sizeof *in_order; i++)
        for (size_t k = 0; k < sizeof in_order / sizeof *in_order; k++) {
            int c = bk__path_cmp(bytes(in_order[i]), bytes(in_order[k]));
            assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
        }
}

static void lack_of_memory_is_told(void **state)
{
    (void)state;

    for (long n = 0;; n++) {
        llb__bytes p[] = {bytes("a/**/[b-d]*"), bytes("!x"), bytes("**/y?")};
        bk__matcher *m = NULL;
        fail_alloc_at(n);
        llb_status st = bk__matcher_new(p, 3, &m, NULL);
        bool failed = fail_alloc_done();
        if (failed)
            assert_true(st == LLB_ENOMEM);
        else
            assert_int_equal(st, LLB_OK);
        bk__matcher_free(m);
        if (!failed)
            break;
    }
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 9] = {
        cmocka_unit_test(wrong_patterns_are_named),
        cmocka_unit_test(space_is_cut_and_empty_ones_are_skipped),
        cmocka_unit_test(folders_that_hold_nothing_are_known),
        cmocka_unit_test(no_pattern_takes_long),
        cmocka_unit_test(too_long_a_pattern_is_refused),
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(paths_from_outside_are_checked),
        cmocka_unit_test(a_slash_comes_before_everything),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    for (size_t i = 0; i < N; i++)
        tests[9 + i] = (struct CMUnitTest){cases[i].name, check_match, NULL,
                                           NULL, (void *)&cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

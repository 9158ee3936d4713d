/* Tests of the walk: order, filters, metadata, odd trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "tree.h"
#include "walk.h"
#include "walk_open.h"

/* What a walk has shown: names with a space between, folders with a slash. */
struct seen {
    llb__buf names;
    const char *wanted; /* the entry to keep */
    bk__stat stat;
    char linkname[256];
    char xattr[256];
    size_t xattr_len;
    long left; /* stops when it is 0 */
};

static bool on_entry(void *arg, const bk__stat *st, const struct stat *sys)
{
    struct seen *s = arg;
    (void)sys;

    if (s->left-- == 0)
        return false;
    llb__buf_printf(&s->names, "%s%.*s%s", s->names.len ? " " : "",
                    (int)st->path.len, (const char *)st->path.data,
                    st->mode & BK__MODE_DIR ? "/" : "");
    if (!s->wanted || strlen(s->wanted) != st->path.len ||
        memcmp(s->wanted, st->path.data, st->path.len) != 0)
        return true;
    s->stat = *st;
    snprintf(s->linkname, sizeof s->linkname, "%.*s", (int)st->linkname.len,
             (const char *)st->linkname.data);
    for (size_t i = 0; i < st->n_xattrs; i++) {
        const bk__xattr *x = &st->xattrs[i];
        if (x->name.len == 9 && memcmp(x->name.data, "user.note", 9) == 0) {
            memcpy(s->xattr, x->value.data, x->value.len);
            s->xattr_len = x->value.len;
        }
    }
    return true;
}

static bk__matcher *matcher(const char *list)
{
    char *copy = list ? strdup(list) : NULL, *save = NULL;
    bk__matcher *m = NULL;
    llb__bytes p[16];
    size_t n = 0;

    for (char *s = copy ? strtok_r(copy, " ", &save) : NULL; s;
         s = strtok_r(NULL, " ", &save))
        p[n++] = (llb__bytes){(uint8_t *)s, strlen(s)};
    if (list)
        assert_int_equal(bk__matcher_new(p, n, &m, NULL), LLB_OK);
    free(copy);
    return m;
}

static llb_status walk(const char *dir, const char *include,
                       const char *exclude, struct seen *s, llb_error *err)
{
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    bk__matcher *in = matcher(include), *out = matcher(exclude);
    llb_status st = bk__walk(root, dir, in, out, on_entry, s, err);

    close(root);
    bk__matcher_free(in);
    bk__matcher_free(out);
    return st;
}

static void assert_walk(const char *dir, const char *include,
                        const char *exclude, const char *want)
{
    struct seen s = {.left = -1};
    llb_error err = {0};

    assert_int_equal(walk(dir, include, exclude, &s, &err), LLB_OK);
    assert_string_equal(s.names.data ? s.names.data : "", want);
    llb__buf_clear(&s.names);
}

/* The entry name of dir, as the walk shows it. */
static struct seen look(const char *dir, const char *name)
{
    struct seen s = {.wanted = name, .left = -1};

    assert_int_equal(walk(dir, NULL, NULL, &s, NULL), LLB_OK);
    llb__buf_clear(&s.names);
    return s;
}

static void names_are_in_byte_order_below_their_folder(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "testproj.sub/ testproj/ testproj/P.cs testproj.sub/S.cs "
                   "a/ a-b/ a/z a-b/y a.txt a0 aA B ~ \xc3\xa9");
    assert_walk(dir, NULL, NULL,
                "B a/ a/z a-b/ a-b/y a.txt a0 aA testproj/ testproj/P.cs "
                "testproj.sub/ testproj.sub/S.cs ~ \xc3\xa9");
    tree_free(dir);
}

static const struct filter_case {
    const char *name, *include, *exclude, *want;
} cases[] = {
    {"an exception at any depth brings its parents", NULL,
     "* !**/*.py !req.txt", "pkg/ pkg/m.py pkg/sub/ pkg/sub/n.py req.txt t.py"},
    {"a later pattern excludes within an exception", NULL, "* !data data/file1",
     "data/ data/file2"},
    {"two stars and an exception in the middle", NULL,
     "** !util/web util/web/foo", "util/ util/web/ util/web/bar"},
    {"a folder's entries go, the folder stays", NULL,
     "pkg data util *.* build/*", "build/"},
    {"a folder goes with all below it", NULL, "pkg data util *.* build", ""},
    {"one level of an exception", NULL, "* !pkg/*.py", "pkg/ pkg/m.py"},
    {"a leading slash excludes nothing", NULL, "/data pkg util build *.*",
     "data/ data/file1 data/file2"},
    {"nothing included is an empty walk", "nothing", NULL, ""},
    {"an included file brings its parents", "util/web/foo", NULL,
     "util/ util/web/ util/web/foo"},
    {"an included folder comes whole", "data", NULL,
     "data/ data/file1 data/file2"},
    {"both lists at once", "**/*.py", "pkg/sub", "pkg/ pkg/m.py t.py"},
    {"an empty pattern includes nothing", " ", NULL, ""},
};

static char *pattern_tree;

static int make_pattern_tree(void **state)
{
    (void)state;
    pattern_tree = tree_new();
    tree_make(pattern_tree,
              "pkg/ pkg/sub/ data/ util/ util/web/ build/ build/x/ t.py t.txt "
              "req.txt pkg/m.py pkg/sub/n.py pkg/sub/n.txt data/file1 "
              "data/file2 util/web/foo util/web/bar build/x/o");
    return 0;
}

static int free_pattern_tree(void **state)
{
    (void)state;
    tree_free(pattern_tree);
    return 0;
}

static void check_filter(void **state)
{
    const struct filter_case *c = *state;
    bk__matcher *none = NULL;

    if (c->include && strcmp(c->include, " ") == 0) {
        llb__bytes blank = {(const uint8_t *)" ", 1};
        struct seen s = {.left = -1};
        int root = open(pattern_tree, O_RDONLY);
        assert_int_equal(bk__matcher_new(&blank, 1, &none, NULL), LLB_OK);
        assert_int_equal(bk__walk(root, "t", none, NULL, on_entry, &s, NULL),
                         LLB_OK);
        assert_null(s.names.data);
        bk__matcher_free(none);
        close(root);
        return;
    }
    assert_walk(pattern_tree, c->include, c->exclude, c->want);
}

static void excluded_folders_are_not_opened(void **state)
{
    char *dir = tree_new();
    struct stat st;
    (void)state;

    tree_make(dir, "src/ src/package.json node_modules/ node_modules/x");
    struct timespec old[2] = {{1, 0}, {1, 0}};
    utimensat(AT_FDCWD, tree_path(dir, "node_modules"), old, 0);
    assert_walk(dir, NULL, "* !src/package.json", "src/ src/package.json");
    stat(tree_path(dir, "node_modules"), &st);
    if (st.st_atim.tv_sec != 1) /* reading a folder sets its atime, if it may */
        fail_msg("node_modules was read");
    tree_free(dir);
}

static void modes_are_those_of_go(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "d/ f l>d");
    chmod(tree_path(dir, "f"), 06755);
    chmod(tree_path(dir, "d"), 01777);
    mkfifo(tree_path(dir, "p"), 0600);
    chmod(tree_path(dir, "p"), 0644);
    assert_int_equal(look(dir, "f").stat.mode,
                     BK__MODE_SETUID | BK__MODE_SETGID | 0755);
    assert_int_equal(look(dir, "d").stat.mode,
                     BK__MODE_DIR | BK__MODE_STICKY | 0777);
    assert_int_equal(look(dir, "p").stat.mode, BK__MODE_FIFO | 0644);
    assert_int_equal(look(dir, "l").stat.mode, BK__MODE_SYMLINK | 0777);
    tree_free(dir);
}

static void devices_have_their_numbers(void **state)
{
    char *dir = tree_new();
    (void)state;

    if (mknod(tree_path(dir, "c"), S_IFCHR | 0600, makedev(5, 0x12345)) < 0 ||
        mknod(tree_path(dir, "b"), S_IFBLK | 0600, makedev(7, 3)) < 0) {
        tree_free(dir);
        skip(); /* devices need root */
    }
    bk__stat c = look(dir, "c").stat, b = look(dir, "b").stat;
    assert_int_equal(c.mode, BK__MODE_DEVICE | BK__MODE_CHARDEV | 0600);
    assert_true(c.devmajor == 5 && c.devminor == 0x12345);
    assert_int_equal(b.mode, BK__MODE_DEVICE | 0600);
    assert_true(b.devmajor == 7 && b.devminor == 3);
    tree_free(dir);
}

static void sockets_are_empty_files(void **state)
{
    char *dir = tree_new();
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)state;

    snprintf(a.sun_path, sizeof a.sun_path, "%s/s.sock", dir);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    chmod(a.sun_path, 0640);
    bk__stat st = look(dir, "s.sock").stat;
    assert_int_equal(st.mode, 0640);
    assert_true(st.size == 0);
    close(fd);
    tree_free(dir);
}

static void times_are_exact(void **state)
{
    static const struct {
        struct timespec t;
        int64_t ns;
    } rows[] = {
        {{0, 0}, 0},
        {{-315619200, 123456789}, -315619199876543211},
        {{1580608922, 987654321}, 1580608922987654321},
        {{4115534400, 500000000}, 4115534400500000000},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *dir = tree_new();
        struct timespec both[2] = {rows[i].t, rows[i].t};
        tree_make(dir, "f");
        utimensat(AT_FDCWD, tree_path(dir, "f"), both, 0);
        assert_true(look(dir, "f").stat.mod_time == rows[i].ns);
        tree_free(dir);
    }
}

static void sizes_and_owners(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "d/ l>target");
    tree_file(dir, "f", "12345");
    if (chown(tree_path(dir, "f"), 1000, 1000) < 0)
        assert_int_equal(errno, EPERM);
    struct seen f = look(dir, "f"), l = look(dir, "l");
    assert_true(f.stat.size == 5);
    assert_true(f.stat.uid == 0 && f.stat.gid == 0);
    assert_true(look(dir, "d").stat.size == 0);
    assert_true(l.stat.size == 6);
    assert_string_equal(l.linkname, "target");
    tree_free(dir);
}

static void attributes_come_along(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "f d/");
    if (setxattr(tree_path(dir, "f"), "user.note", "hello\0x", 7, 0) < 0) {
        tree_free(dir);
        skip(); /* this file system has none */
    }
    setxattr(tree_path(dir, "d"), "user.note", "d", 1, 0);
    struct seen f = look(dir, "f"), d = look(dir, "d");
    assert_int_equal(f.xattr_len, 7);
    assert_memory_equal(f.xattr, "hello\0x", 7);
    assert_int_equal(d.xattr_len, 1);
    tree_free(dir);
}

static void hard_links_point_to_the_first_name_sent(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "d/");
    tree_file(dir, "b", "12");
    assert_int_equal(link(tree_path(dir, "b"), tree_path(dir, "d/x")), 0);
    assert_int_equal(link(tree_path(dir, "b"), tree_path(dir, "a")), 0);
    assert_string_equal(look(dir, "a").linkname, "");
    assert_string_equal(look(dir, "b").linkname, "a");
    struct seen x = look(dir, "d/x");
    assert_string_equal(x.linkname, "a");
    assert_true(x.stat.size == 2);
    /* What the filters drop does not count. */
    struct seen s = {.wanted = "b", .left = -1};
    assert_int_equal(walk(dir, NULL, "a", &s, NULL), LLB_OK);
    assert_string_equal(s.linkname, "");
    llb__buf_clear(&s.names);
    tree_free(dir);
}

static void odd_names_are_only_bytes(void **state)
{
    static const char *const names[] = {
        "new\nline.txt", "back\\slash", " lead",       "trail ",      "-dash",
        "*star",         "q\"uote",     "bad\xff\xfe", "esc\x1b[31m", "%41",
    };
    char *dir = tree_new();
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        tree_file(dir, names[i], "x");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(look(dir, names[i]).stat.size == 1);
    tree_free(dir);
}

static void a_callback_stops_the_walk(void **state)
{
    char *dir = tree_new();
    struct seen s = {.left = 2};
    (void)state;

    tree_make(dir, "a b c");
    assert_int_equal(walk(dir, NULL, NULL, &s, NULL), LLB_ECANCELED);
    assert_string_equal(s.names.data, "a b");
    llb__buf_clear(&s.names);
    tree_free(dir);
}

/* A chain of folders, each in the one before, with a file in each. */
static void make_chain(const char *dir, int depth)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY);

    for (int i = 0; i < depth; i++) {
        assert_int_equal(mkdirat(fd, "d", 0755), 0);
        int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
        close(openat(fd, "e", O_CREAT | O_WRONLY, 0644));
        close(fd);
        fd = next;
    }
    close(openat(fd, "deepest", O_CREAT | O_WRONLY, 0644));
    close(fd);
}

static void depth_costs_few_open_files(void **state)
{
    char *dir = tree_new();
    struct rlimit old, few = {64, 64};
    struct seen s = {.left = -1};
    (void)state;

    make_chain(dir, 300);
    getrlimit(RLIMIT_NOFILE, &old);
    few.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    llb_status st = walk(dir, NULL, NULL, &s, NULL);
    size_t n = 0;
    for (size_t i = 0; i < s.names.len; i++)
        n += s.names.data[i] == ' ';
    llb__buf_clear(&s.names);
    /* The same with parents that only the deepest file brings. */
    char *pattern = calloc(1, 2 * 300 + 8);
    for (int i = 0; i < 300; i++)
        strcat(pattern, "d/");
    strcat(pattern, "deepest");
    struct seen deep = {.left = -1};
    llb_status st2 = walk(dir, pattern, NULL, &deep, NULL);
    setrlimit(RLIMIT_NOFILE, &old);
    assert_int_equal(st, LLB_OK);
    assert_int_equal(n + 1, 601);
    assert_int_equal(st2, LLB_OK);
    assert_non_null(strstr(deep.names.data, pattern));
    llb__buf_clear(&deep.names);
    free(pattern);
    tree_free(dir);
}

static void too_long_a_path_is_an_error(void **state)
{
    char *dir = tree_new();
    char name[201];
    struct seen s = {.left = -1};
    llb_error err = {0};
    (void)state;

    memset(name, 'n', 200);
    name[200] = '\0';
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 21; i++) {
        mkdirat(fd, name, 0755);
        int next = openat(fd, name, O_RDONLY | O_DIRECTORY);
        close(fd);
        fd = next;
    }
    close(fd);
    assert_int_equal(walk(dir, NULL, NULL, &s, &err), LLB_ELIMIT);
    assert_non_null(strstr(err.message, dir));
    llb__buf_clear(&s.names);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0); /* too deep for nftw */
    free(dir);
}

/* Replaces the folder "d" by a symlink to /etc at the first entry below it. */
static bool swap(void *arg, const bk__stat *st, const struct stat *sys)
{
    const char *dir = arg;
    (void)sys;

    if (st->path.len == 1 && st->path.data[0] == 'd') {
        rename(tree_path(dir, "d"), tree_path(dir, "moved"));
        assert_int_equal(symlink("/etc", tree_path(dir, "d")), 0);
    }
    if (st->path.len > 2 && memcmp(st->path.data, "d/", 2) == 0)
        fail_msg("the walk left the root");
    return true;
}

static void a_folder_turned_symlink_is_not_entered(void **state)
{
    char *dir = tree_new();
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    (void)state;

    tree_make(dir, "d/ d/x");
    assert_int_equal(bk__walk(root, dir, NULL, NULL, swap, dir, NULL), LLB_OK);
    close(root);
    tree_free(dir);
}

static void nothing_opens_beyond_the_root(void **state)
{
    int (*const ways[])(int, const char *, int,
                        mode_t) = {bk__open_beneath, bk__open_beneath_slow};
    static const char *const bad[] = {"l",    "l/passwd", "..",     "d/../..",
                                      "/etc", "d/up",     "d/up/f", "d/f/x"};
    char *dir = tree_new();
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    (void)state;

    tree_make(dir, "l>/etc d/ d/f d/up>..");
    for (int w = 0; w < 2; w++) {
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            assert_int_equal(ways[w](root, bad[i], O_RDONLY, 0), -1);
        static const char *const good[] = {"d/f", "d", "", "."};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            int fd = ways[w](root, good[i], O_RDONLY, 0);
            assert_true(fd >= 0);
            close(fd);
        }
        int fd = ways[w](root, "l", O_PATH, 0);
        assert_true(fd >= 0);
        close(fd);
    }
    close(root);
    tree_free(dir);
}

static bool go_on(void *arg, const bk__stat *st, const struct stat *sys)
{
    (void)arg;
    (void)st;
    (void)sys;
    return true;
}

static void lack_of_memory_is_told(void **state)
{
    char *dir = tree_new();
    (void)state;

    tree_make(dir, "d/ d/e/ d/e/f l>d");
    assert_int_equal(link(tree_path(dir, "d/e/f"), tree_path(dir, "h")), 0);
    int root = open(dir, O_RDONLY | O_DIRECTORY);
    bk__matcher *in = matcher("**"), *out = matcher("*.o");
    for (long n = 0;; n++) {
        fail_alloc_at(n);
        llb_status st = bk__walk(root, dir, in, out, go_on, NULL, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (!failed)
            break;
    }
    bk__matcher_free(in);
    bk__matcher_free(out);
    close(root);
    tree_free(dir);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    const struct CMUnitTest first[] = {
        cmocka_unit_test(names_are_in_byte_order_below_their_folder),
        cmocka_unit_test(excluded_folders_are_not_opened),
        cmocka_unit_test(modes_are_those_of_go),
        cmocka_unit_test(devices_have_their_numbers),
        cmocka_unit_test(sockets_are_empty_files),
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(sizes_and_owners),
        cmocka_unit_test(attributes_come_along),
        cmocka_unit_test(hard_links_point_to_the_first_name_sent),
        cmocka_unit_test(odd_names_are_only_bytes),
        cmocka_unit_test(a_callback_stops_the_walk),
        cmocka_unit_test(depth_costs_few_open_files),
        cmocka_unit_test(too_long_a_path_is_an_error),
        cmocka_unit_test(a_folder_turned_symlink_is_not_entered),
        cmocka_unit_test(nothing_opens_beyond_the_root),
        cmocka_unit_test(lack_of_memory_is_told),
    };
    enum { M = sizeof first / sizeof *first };
    struct CMUnitTest tests[M + N];

    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){cases[i].name, check_filter, NULL,
                                           NULL, (void *)&cases[i]};
    return cmocka_run_group_tests(tests, make_pattern_tree, free_pattern_tree);
}

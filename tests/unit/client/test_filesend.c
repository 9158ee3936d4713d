/* Tests of the FileSend service: trees from a hostile daemon and a good one,
 * and plain bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "fake_stream.h"
#include "svc_filesend.h"
#include "svc_filesync.h"
#include "tree.h"

#define DIFF_COPY "/moby.filesync.v1.FileSend/DiffCopy"

static llb__bytes bytes(const char *s)
{
    return (llb__bytes){(const uint8_t *)s, strlen(s)};
}

/* One exporter whose output goes to dir/out, and a call of it. */
struct call {
    char *dir, *out;
    bk__service *svc;
    fake f;
};

static void call_init(struct call *c, bk__target_kind kind, const char *made)
{
    c->dir = tree_new();
    c->svc = NULL;
    tree_make(c->dir, made);
    assert_true(asprintf(&c->out, "%s/out", c->dir) > 0);
    bk__target t = {.kind = kind, .path = c->out};
    assert_int_equal(bk__svc_filesend_new(&t, 1, &c->svc, NULL), LLB_OK);
    fake_init(&c->f);
    assert_true(fake_start(&c->f, c->svc, DIFF_COPY));
}

static void call_clear(struct call *c)
{
    c->svc->free(c->svc);
    free(c->out);
    tree_free(c->dir);
}

static bool put_stat(fake *f, const char *path, uint32_t mode, int64_t size,
                     const char *link)
{
    return fake_put_packet(f, &(bk__packet){.has_stat = true,
                                            .stat = {.path = bytes(path),
                                                     .mode = mode,
                                                     .size = size,
                                                     .mod_time = 1000000001,
                                                     .linkname = bytes(link)}});
}

static bool put_end(fake *f)
{
    return fake_put_packet(f, &(bk__packet){.has_stat = false});
}

static bool put_data(fake *f, uint32_t id, const char *text)
{
    return fake_put_packet(
        f,
        &(bk__packet){.type = BK__PACKET_DATA, .id = id, .data = bytes(text)});
}

/* Answers requests with text until FIN or ERR comes, and FIN with FIN. */
static bk__packet_type answer(fake *f, const char *text)
{
    bk__packet p;

    while (fake_get_packet(f, &p)) {
        if (p.type == BK__PACKET_FIN)
            fake_put_packet(f, &(bk__packet){.type = BK__PACKET_FIN});
        if (p.type != BK__PACKET_REQ)
            return p.type;
        if (*text)
            put_data(f, p.id, text);
        put_data(f, p.id, "");
    }
    return BK__PACKET_ERR;
}

/* How many entries a folder has, hidden ones too. */
static int count(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;

    if (!d)
        return -1;
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void a_tree_arrives_and_is_renamed_at_the_end(void **state)
{
    struct call c;
    struct stat st;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    put_stat(&c.f, "d", BK__MODE_DIR | 0755, 0, "");
    put_stat(&c.f, "d/f", 0644, 5, "");
    put_stat(&c.f, "h", 0644, 5, "d/f");
    put_stat(&c.f, "l", BK__MODE_SYMLINK | 0777, 1, "/etc/passwd");
    put_stat(&c.f, "p", BK__MODE_FIFO | 0620, 0, "");
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "hello"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_false(tree_has(c.dir, "out"));
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    assert_int_equal(count(c.dir), 1);
    assert_int_equal(count(c.out), 4);
    char *text = tree_read(c.out, "d/f");
    assert_string_equal(text, "hello");
    free(text);
    assert_int_equal(lstat(tree_path(c.out, "h"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
    assert_int_equal(lstat(tree_path(c.out, "p"), &st), 0);
    assert_int_equal(st.st_mode, S_IFIFO | 0620);
    assert_int_equal(st.st_mtim.tv_sec, 1);
    assert_int_equal(st.st_mtim.tv_nsec, 1);
    assert_int_equal(lstat(tree_path(c.out, "l"), &st), 0);
    assert_true(S_ISLNK(st.st_mode) && st.st_mtim.tv_nsec == 1);
    assert_int_equal(lstat(tree_path(c.out, "d"), &st), 0);
    assert_true(st.st_mtim.tv_sec == 1 && (st.st_mode & 07777) == 0755);
    call_clear(&c);
}

static void a_new_folder_has_the_mode_that_umask_leaves(void **state)
{
    struct call c;
    struct stat st;
    mode_t mask = umask(027);
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    umask(mask);
    put_end(&c.f);
    assert_int_equal(answer(&c.f, ""), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    assert_int_equal(stat(c.out, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    call_clear(&c);
}

static void without_commit_nothing_stays(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    put_stat(&c.f, "d", BK__MODE_DIR | 0555, 0, "");
    put_stat(&c.f, "d/f", 0444, 1, "");
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "x"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    c.svc->free(c.svc);
    assert_int_equal(count(c.dir), 0);
    free(c.out);
    tree_free(c.dir);
}

/* One thing that a hostile daemon sends behind "d/" "d/f" "l" (a symlink to
 * the folder above). */
static const struct hostile_case {
    const char *name, *path;
    uint32_t mode;
    int64_t size;
    const char *link;
} hostile[] = {
    {"dots", "..", 0644, 0, ""},
    {"dots behind a folder", "m/..", 0644, 0, ""},
    {"dots in front", "../x", 0644, 0, ""},
    {"an absolute path", "/x", 0644, 0, ""},
    {"an empty component", "m//b", 0644, 0, ""},
    {"a dot in front", "./m", 0644, 0, ""},
    {"a slash at the end", "m/", 0644, 0, ""},
    {"an empty path", "", 0644, 0, ""},
    {"out of order", "a", 0644, 0, ""},
    {"the same again", "l", 0644, 0, ""},
    {"back into a folder that was left", "d/z", 0644, 0, ""},
    {"the child of a file", "d/f/x", 0644, 0, ""},
    {"the child of a symlink", "l/x", 0644, 0, ""},
    {"a folder below a symlink", "l/x", BK__MODE_DIR | 0755, 0, ""},
    {"the child of a folder not sent", "m/x", 0644, 0, ""},
    {"a hard link out", "m", 0644, 0, "/etc/passwd"},
    {"a hard link up", "m", 0644, 0, "../outside"},
    {"a hard link to what was not sent", "m", 0644, 0, "outside"},
    {"a hard link to a symlink", "m", 0644, 0, "l"},
    {"a hard link through a symlink", "m", 0644, 0, "l/outside"},
    {"a hard link to a folder", "m", 0644, 0, "d"},
    {"a hard link to itself", "m", 0644, 0, "m"},
    {"a symlink to nothing", "m", BK__MODE_SYMLINK | 0777, 0, ""},
    {"a socket", "m", BK__MODE_SOCKET | 0644, 0, ""},
    {"an irregular file", "m", BK__MODE_IRREGULAR | 0644, 0, ""},
    {"two types at once", "m", BK__MODE_DIR | BK__MODE_SYMLINK, 0, "x"},
    {"a negative size", "m", 0644, -1, ""},
};

/* The call ends with an error that both sides hear, and apart from the folder
 * out nothing in its folder has changed. */
static void assert_refused(struct call *c, const char *text)
{
    llb_error err;
    bk__packet p;
    bool heard = false;

    while (fake_get_packet(&c->f, &p))
        heard |= p.type == BK__PACKET_ERR;
    assert_true(heard);
    bk__rpc_status st = fake_end(&c->f);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_int_not_equal(bk__svc_filesend_failed(c->svc, &err), LLB_OK);
    assert_string_equal(err.message, st.message);
    if (text && !strstr(err.message, text))
        fail_msg("no \"%s\" in: %s", text, err.message);
    assert_int_equal(bk__svc_filesend_commit(c->svc, &err), LLB_EIO);
}

static void check_hostile(void **state)
{
    const struct hostile_case *k = *state;

    for (int existing = 0; existing < 2; existing++) {
        struct call c;
        call_init(&c, BK__TARGET_DIR, existing ? "out/ outside" : "outside");
        put_stat(&c.f, "d", BK__MODE_DIR | 0755, 0, "");
        put_stat(&c.f, "d/f", 0644, 0, "");
        put_stat(&c.f, "l", BK__MODE_SYMLINK | 0777, 1, "..");
        put_stat(&c.f, k->path, k->mode, k->size, k->link);
        put_end(&c.f);
        assert_refused(&c, c.out);
        c.svc->free(c.svc);
        struct stat st;
        assert_int_equal(lstat(tree_path(c.dir, "outside"), &st), 0);
        assert_true(st.st_nlink == 1 && st.st_size == 0);
        assert_int_equal(count(c.dir), 1 + existing);
        assert_true(count(c.out) <= 2); /* d and l, and no temporary file */
        if (existing)
            assert_int_equal(count(tree_path(c.out, "d")), 0);
        free(c.out);
        tree_free(c.dir);
    }
}

static void names_that_no_system_has_are_refused(void **state)
{
    char *name = malloc(5000);
    (void)state;

    memset(name, 'n', 5000);
    for (int i = 0; i < 3; i++) {
        struct call c;
        llb__bytes path = {(uint8_t *)name, (size_t[]){4096, 300, 3}[i]};
        call_init(&c, BK__TARGET_DIR, "out/");
        if (i == 2)
            path.data = (const uint8_t *)"a\0b";
        fake_put_packet(&c.f,
                        &(bk__packet){.has_stat = true,
                                      .stat = {.path = path, .mode = 0644}});
        put_end(&c.f);
        assert_refused(&c, NULL);
        assert_int_equal(count(c.out), 0);
        call_clear(&c);
    }
    free(name);
}

static void sizes_that_lie_are_refused(void **state)
{
    static const struct {
        int64_t size;
        const char *data, *text;
    } rows[] = {
        {2, "123", "more bytes"},
        {0, "1", "more bytes"},
        {4, "123", "fewer bytes"},
        {INT64_MAX, "1", "fewer bytes"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct call c;
        bk__packet p;
        call_init(&c, BK__TARGET_DIR, "out/ out/f");
        put_stat(&c.f, "f", 0644, rows[i].size, "");
        put_end(&c.f);
        assert_true(fake_get_packet(&c.f, &p));
        assert_int_equal(p.type, BK__PACKET_REQ);
        put_data(&c.f, 0, rows[i].data);
        put_data(&c.f, 0, "");
        assert_refused(&c, rows[i].text);
        assert_int_equal(count(c.out), 1);
        char *old = tree_read(c.out, "f"); /* the old one is untouched */
        assert_string_equal(old, "");
        free(old);
        call_clear(&c);
    }
}

static void packets_out_of_place_are_refused(void **state)
{
    static const char *const rows[] = {
        "\x08\x01\x18\x01", /* REQ */
        "\x08\x03",         /* FIN */
        "\x08\x07",         /* no such type */
        "\x08\x02\x18\x05", /* DATA that nobody asked for */
        "\xff",             /* no message */
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct call c;
        call_init(&c, BK__TARGET_DIR, "");
        fake_put(&c.f, rows[i], strlen(rows[i]));
        assert_refused(&c, "the daemon sent");
        call_clear(&c);
    }
}

static void the_daemons_error_is_passed_on(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    fake_put_packet(&c.f, &(bk__packet){.type = BK__PACKET_ERR,
                                        .data = bytes("layer is lost")});
    assert_refused(&c, "layer is lost");
    call_clear(&c);
}

static void entries_replace_older_ones(void **state)
{
    struct call c;
    struct stat st;
    (void)state;

    call_init(&c, BK__TARGET_DIR,
              "out/ out/f out/stays out/dir/ out/dir/x/ out/dir/x/y out/was "
              "out/l>stays out/sub/ out/sub/old out/h out/h2");
    put_stat(&c.f, "dir", 0644, 3, "");              /* folder to file */
    put_stat(&c.f, "f", 0600, 3, "");                /* file to file */
    put_stat(&c.f, "h", 0600, 3, "f");               /* file to link */
    put_stat(&c.f, "l", BK__MODE_DIR | 0700, 0, ""); /* link to folder */
    put_stat(&c.f, "l/in", 0644, 3, "");
    put_stat(&c.f, "sub", BK__MODE_DIR | 0750, 0, ""); /* folder stays */
    put_stat(&c.f, "was", BK__MODE_SYMLINK | 0777, 1, "f");
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "new"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    static const char *const files[] = {"dir", "f", "h", "l/in", "was"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *text = tree_read(c.out, files[i]);
        assert_string_equal(text, "new");
        free(text);
    }
    char *stays = tree_read(c.out, "stays"); /* not written through the link */
    assert_string_equal(stays, "");
    free(stays);
    assert_true(tree_has(c.out, "sub/old"));
    assert_int_equal(stat(tree_path(c.out, "sub"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    assert_int_equal(lstat(tree_path(c.out, "f"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
    assert_int_equal(count(c.out), 8);
    call_clear(&c);
}

static void modes_are_exact_whatever_the_umask(void **state)
{
    static const struct {
        const char *path;
        uint32_t go;
        mode_t want;
    } rows[] = {
        {"plain", 0644, 0644},
        {"priv", BK__MODE_DIR | 0700, 0700},
        {"ro", 0444, 0444},
        {"rod", BK__MODE_DIR | 0555, 0555},
        {"rod/in", 0640, 0640},
        {"st", BK__MODE_DIR | BK__MODE_STICKY | 0777, 01777},
        {"su", BK__MODE_SETUID | BK__MODE_SETGID | 0755, 06755},
    };
    enum { N = sizeof rows / sizeof *rows };
    struct call c;
    mode_t old = umask(077);
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    for (size_t i = 0; i < N; i++)
        put_stat(&c.f, rows[i].path, rows[i].go,
                 rows[i].go & BK__MODE_DIR ? 0 : 1, "");
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "x"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    umask(old);
    for (size_t i = 0; i < N; i++) {
        struct stat st;
        assert_int_equal(stat(tree_path(c.out, rows[i].path), &st), 0);
        assert_int_equal(st.st_mode & 07777, rows[i].want);
        assert_int_equal(st.st_uid, getuid());
    }
    call_clear(&c);
}

static void only_harmless_attributes_are_set(void **state)
{
    bk__xattr xattrs[] = {{bytes("user.note"), bytes("hi")},
                          {bytes("trusted.overlay.opaque"), bytes("y")},
                          {bytes("security.evil"), bytes("x")},
                          {bytes(""), bytes("x")}};
    struct call c;
    char value[8];
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    fake_put_packet(&c.f, &(bk__packet){.has_stat = true,
                                        .stat = {.path = bytes("f"),
                                                 .mode = 0644,
                                                 .size = 1,
                                                 .xattrs = xattrs,
                                                 .n_xattrs = 4}});
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "x"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    const char *f = tree_path(c.out, "f");
    assert_true(getxattr(f, "trusted.overlay.opaque", value, 8) < 0);
    assert_true(getxattr(f, "security.evil", value, 8) < 0);
    if (setxattr(f, "user.other", "x", 1, 0) == 0)
        assert_int_equal(getxattr(f, "user.note", value, 8), 2);
    call_clear(&c);
}

static void zeros_become_holes_of_the_right_size(void **state)
{
    enum { SIZE = 4 << 20, PIECE = 1 << 20 };
    char *zeros = calloc(1, PIECE);
    struct call c;
    struct stat st;
    bk__packet p;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    put_stat(&c.f, "f", 0644, SIZE + 4, "");
    put_end(&c.f);
    assert_true(fake_get_packet(&c.f, &p));
    for (int i = 0; i < SIZE / PIECE; i++) {
        if (i == 2)
            put_data(&c.f, 0, "end\n");
        fake_put_packet(&c.f, &(bk__packet){.type = BK__PACKET_DATA,
                                            .data = {(uint8_t *)zeros, PIECE}});
    }
    put_data(&c.f, 0, "");
    assert_int_equal(answer(&c.f, ""), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    assert_int_equal(stat(tree_path(c.out, "f"), &st), 0);
    assert_true(st.st_size == SIZE + 4);
    FILE *f = fopen(tree_path(c.out, "f"), "r");
    char text[8] = "";
    fseek(f, 2 * PIECE - 1, SEEK_SET);
    assert_int_equal(fread(text, 1, 6, f), 6);
    assert_memory_equal(text, "\0end\n\0", 6);
    fclose(f);
    free(zeros);
    call_clear(&c);
}

/* This daemon hears nothing before it has sent all names, which is fine as
 * long as no more than it takes without waiting is asked for. */
static void many_files_do_not_jam(void **state)
{
    enum { N = 1000, TAKES = 128 };
    struct call c;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    c.f.to_daemon.max = TAKES;
    for (unsigned i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%04u", i);
        put_stat(&c.f, name, 0644, 2, "");
    }
    put_end(&c.f);
    assert_int_equal(answer(&c.f, "ok"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    assert_int_equal(count(c.out), N);
    call_clear(&c);
}

/* Everything that one fake's service sends goes to the other's. */
struct pump {
    fake *from, *to;
    pthread_t thread;
};

static void *run_pump(void *arg)
{
    struct pump *p = arg;
    fake_message *m;

    while (fake_pop(p->from, &p->from->to_daemon, &m) == 1) {
        fake_put(p->to, m->data, m->len);
        free(m);
    }
    fake_half_close(p->to);
    return NULL;
}

static void make_rich_tree(const char *dir)
{
    tree_make(dir, "a/ a-b/ a/z a-b/y a.txt empty/ l>a/z dangling>nowhere "
                   "bad\xff\xfe new\nline deep/ deep/er/ deep/er/still/");
    tree_file(dir, "deep/er/still/f", "some text\n");
    chmod(tree_path(dir, "deep/er/still/f"), 04711);
    tree_file(dir, "first", "linked");
    if (link(tree_path(dir, "first"), tree_path(dir, "second")) < 0)
        abort();
    mkfifo(tree_path(dir, "fifo"), 0600);
    char *big = malloc(3000001);
    for (size_t i = 0; i < 3000000; i++)
        big[i] = (char)('a' + i * i % 23);
    big[3000000] = '\0';
    tree_file(dir, "big", big);
    free(big);
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "empty/f%03d", i);
        tree_file(dir, name, name);
    }
    struct timespec t[2] = {{-5, 123456789}, {-5, 123456789}};
    utimensat(AT_FDCWD, tree_path(dir, "a"), t, 0);
    utimensat(AT_FDCWD, tree_path(dir, "a.txt"), t, 0);
    (void)!setxattr(tree_path(dir, "a.txt"), "user.note", "x", 1, 0);
}

/* All that a tree is, as text that two equal trees share. */
static char *describe(const char *dir)
{
    static const char format[] =
        "cd '%s' && { find . -mindepth 1 -printf '%%p %%y %%m %%s %%n %%T@ "
        "%%l\\0' | sed -z 's/ d \\([0-7]*\\) [0-9]* [0-9]* / d \\1 /' | "
        "sort -z; find . -type f -print0 | sort -z | xargs -0 cksum; "
        "} | cksum";
    char command[1024], *text = calloc(1, 128);

    snprintf(command, sizeof command, format, dir);
    FILE *f = popen(command, "r");
    if (!f || !fgets(text, 128, f))
        abort();
    pclose(f);
    return text;
}

static void what_is_sent_is_what_is_received(void **state)
{
    char *from = tree_new();
    struct call c;
    fake sync;
    bk__service *svc = NULL;
    bk__mount m = {"x", from};
    (void)state;

    make_rich_tree(from);
    for (int existing = 0; existing < 2; existing++) {
        assert_int_equal(bk__svc_filesync_new(&m, 1, &svc, NULL), LLB_OK);
        fake_init(&sync);
        fake_meta(&sync, "dir-name", "x");
        assert_true(
            fake_start(&sync, svc, "/moby.filesync.v1.FileSync/DiffCopy"));
        call_init(&c, BK__TARGET_DIR, existing ? "out/" : "");
        struct pump there = {&sync, &c.f, 0}, back = {&c.f, &sync, 0};
        pthread_create(&there.thread, NULL, run_pump, &there);
        pthread_create(&back.thread, NULL, run_pump, &back);
        pthread_join(there.thread, NULL);
        pthread_join(back.thread, NULL);
        assert_int_equal(fake_end(&sync).code, BK__RPC_OK);
        assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
        assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
        char *want = describe(from), *got = describe(c.out);
        assert_string_equal(got, want);
        free(want);
        free(got);
        call_clear(&c);
        svc->free(svc);
    }
    tree_free(from);
}

/* An encoded BytesMessage. */
static void put_bytes(fake *f, const char *text)
{
    uint8_t head[BK__DATA_HEAD_MAX];
    llb__buf b = LLB__BUF_INIT;

    llb__buf_add(&b, head, bk__field1_head(strlen(text), head));
    llb__buf_adds(&b, text);
    fake_put(f, b.data, b.len);
    llb__buf_clear(&b);
}

static void bytes_become_a_file_at_the_end(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, BK__TARGET_FILE, "");
    put_bytes(&c.f, "hello ");
    put_bytes(&c.f, "");
    put_bytes(&c.f, "world");
    fake_half_close(&c.f);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_false(tree_has(c.dir, "out"));
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    char *text = tree_read(c.dir, "out");
    assert_string_equal(text, "hello world");
    free(text);
    assert_int_equal(count(c.dir), 1);
    call_clear(&c);
}

static void a_file_cut_off_leaves_the_old_one(void **state)
{
    struct call c;
    llb_error err;
    (void)state;

    call_init(&c, BK__TARGET_FILE, "out");
    tree_file(c.dir, "out", "old");
    put_bytes(&c.f, "half");
    fake_cancel(&c.f);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_CANCELED);
    assert_int_equal(bk__svc_filesend_commit(c.svc, &err), LLB_EIO);
    assert_non_null(strstr(err.message, c.out));
    c.svc->free(c.svc);
    char *text = tree_read(c.dir, "out");
    assert_string_equal(text, "old");
    free(text);
    assert_int_equal(count(c.dir), 1);
    free(c.out);
    tree_free(c.dir);
}

static void nothing_sent_is_an_error_at_commit(void **state)
{
    char *dir = tree_new();
    char *path = strdup(tree_path(dir, "made/for/out"));
    (void)state;

    for (int kind = BK__TARGET_DIR; kind <= BK__TARGET_FILE; kind++) {
        bk__target t = {.kind = (bk__target_kind)kind, .path = path};
        bk__service *svc = NULL;
        llb_error err;
        assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
        assert_true(tree_has(dir, "made/for"));
        assert_int_equal(bk__svc_filesend_commit(svc, &err), LLB_EIO);
        assert_non_null(strstr(err.message, "made/for/out"));
        svc->free(svc);
        assert_int_equal(count(dir), 0);
    }
    free(path);
    tree_free(dir);
}

static void bytes_go_to_a_descriptor(void **state)
{
    int fds[2];
    bk__service *svc = NULL;
    char text[16] = "";
    fake f;
    (void)state;

    assert_int_equal(pipe(fds), 0);
    bk__target t[] = {{.kind = BK__TARGET_NONE},
                      {.kind = BK__TARGET_FD, .fd = fds[1]}};
    assert_int_equal(bk__svc_filesend_new(t, 2, &svc, NULL), LLB_OK);
    fake_init(&f);
    fake_meta(&f, "buildkit-attachable-exporter-id", "1");
    assert_true(fake_start(&f, svc, DIFF_COPY));
    put_bytes(&f, "to you");
    fake_half_close(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    assert_int_equal(read(fds[0], text, sizeof text), 6);
    assert_string_equal(text, "to you");
    assert_int_equal(bk__svc_filesend_commit(svc, NULL), LLB_OK);
    svc->free(svc);
    assert_int_equal(write(fds[1], "x", 1), 1); /* still open */
    close(fds[0]);
    close(fds[1]);
}

static void a_reader_that_leaves_is_an_error_not_a_signal(void **state)
{
    int fds[2];
    bk__service *svc = NULL;
    llb_error err;
    fake f;
    (void)state;

    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    signal(SIGPIPE, SIG_DFL);
    bk__target t = {.kind = BK__TARGET_FD, .fd = fds[1]};
    assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, DIFF_COPY));
    put_bytes(&f, "x");
    assert_int_equal(fake_end(&f).code, BK__RPC_UNKNOWN);
    assert_int_equal(bk__svc_filesend_failed(svc, &err), LLB_EIO);
    assert_non_null(strstr(err.message, "standard output"));
    svc->free(svc);
    close(fds[1]);
}

/* The end of the build does not wait for it. */
static void a_reader_that_stops_reading_is_not_waited_for(void **state)
{
    static char much[200000];
    int fds[2];
    bk__service *svc = NULL;
    fake f;
    (void)state;

    assert_int_equal(pipe(fds), 0);
    bk__target t = {.kind = BK__TARGET_FD, .fd = fds[1]};
    assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, DIFF_COPY));
    memset(much, 'x', sizeof much - 1);
    put_bytes(&f, much);
    fake_cancel(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
    assert_int_equal(bk__svc_filesend_failed(svc, NULL), LLB_OK);
    svc->free(svc);
    close(fds[0]);
    close(fds[1]);
}

static void a_full_disk_is_one_error_with_the_path(void **state)
{
    bk__target t = {.kind = BK__TARGET_FILE, .path = "/dev/full"};
    bk__service *svc = NULL;
    llb_error err;
    struct stat st;
    fake f;
    (void)state;

    assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, DIFF_COPY));
    put_bytes(&f, "x");
    assert_int_equal(fake_end(&f).code, BK__RPC_UNKNOWN);
    assert_int_equal(bk__svc_filesend_failed(svc, &err), LLB_EIO);
    assert_non_null(strstr(err.message, "/dev/full: No space left"));
    assert_int_equal(bk__svc_filesend_commit(svc, NULL), LLB_EIO);
    svc->free(svc);
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode)); /* written in place, never replaced */
}

static void a_full_file_system_leaves_nothing_behind(void **state)
{
    enum { PIECE = 256 << 10 };
    char *dir = tree_new(), *data = malloc(PIECE);
    char *out = strdup(tree_path(dir, "out"));
    bk__service *svc = NULL;
    llb_error err;
    bk__packet p;
    fake f;
    (void)state;

    if (mount("tmpfs", dir, "tmpfs", 0, "size=1m") < 0) {
        free(data);
        free(out);
        tree_free(dir);
        skip(); /* needs root */
    }
    memset(data, 'x', PIECE);
    bk__target t = {.kind = BK__TARGET_DIR, .path = out};
    assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, DIFF_COPY));
    put_stat(&f, "big", 0644, 8 * PIECE, "");
    put_end(&f);
    assert_true(fake_get_packet(&f, &p));
    for (int i = 0; i < 8; i++)
        fake_put_packet(&f, &(bk__packet){.type = BK__PACKET_DATA,
                                          .data = {(uint8_t *)data, PIECE}});
    assert_int_equal(fake_end(&f).code, BK__RPC_UNKNOWN);
    bk__svc_filesend_failed(svc, &err);
    svc->free(svc);
    int left = count(dir);
    umount2(dir, MNT_DETACH);
    assert_int_equal(left, 0);
    assert_non_null(strstr(err.message, "/out/big: No space left"));
    free(data);
    free(out);
    tree_free(dir);
}

static void targets_are_checked_before_the_build(void **state)
{
    char *dir = tree_new();
    static const struct {
        bk__target_kind kind;
        const char *path, *text;
    } rows[] = {
        {BK__TARGET_FILE, "folder", "is a folder"},
        {BK__TARGET_FILE, "folder/", "is a folder"},
        {BK__TARGET_DIR, "file", "is not a folder"},
        {BK__TARGET_DIR, "file/below", "Not a directory"},
        {BK__TARGET_FILE, "file/below", "Not a directory"},
        {BK__TARGET_DIR, "broken", "broken"},
    };
    (void)state;

    tree_make(dir, "folder/ file broken>nowhere");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *path = strdup(tree_path(dir, rows[i].path));
        bk__target t = {.kind = rows[i].kind, .path = path};
        bk__service *svc = NULL;
        llb_error err = {0};
        assert_int_not_equal(bk__svc_filesend_new(&t, 1, &svc, &err), LLB_OK);
        assert_null(svc);
        assert_non_null(strstr(err.message, dir));
        if (!strstr(err.message, rows[i].text))
            fail_msg("no \"%s\" in: %s", rows[i].text, err.message);
        free(path);
    }
    assert_int_equal(count(dir), 3);
    bk__target empty = {.kind = BK__TARGET_FILE, .path = ""};
    bk__service *svc = NULL;
    assert_int_equal(bk__svc_filesend_new(&empty, 1, &svc, NULL), LLB_EINVAL);
    tree_free(dir);
}

static void a_symlink_to_a_file_stays_a_symlink(void **state)
{
    struct call c;
    struct stat st;
    (void)state;

    call_init(&c, BK__TARGET_FILE, "real out>real");
    put_bytes(&c.f, "x");
    fake_half_close(&c.f);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    assert_int_equal(lstat(c.out, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    char *text = tree_read(c.dir, "real");
    assert_string_equal(text, "x");
    free(text);
    call_clear(&c);
}

static void exporters_that_send_nothing_are_not_found(void **state)
{
    static const struct {
        const char *id;
        int code;
    } rows[] = {{"1", BK__RPC_NOT_FOUND},
                {"7", BK__RPC_NOT_FOUND},
                {"-1", BK__RPC_INVALID_ARGUMENT},
                {"0x0", BK__RPC_INVALID_ARGUMENT},
                {"99999999999999999999", BK__RPC_INVALID_ARGUMENT}};
    int fd = open("/dev/null", O_WRONLY);
    bk__target t[] = {{.kind = BK__TARGET_FD, .fd = fd},
                      {.kind = BK__TARGET_NONE}};
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bk__service *svc = NULL;
        fake f;
        assert_int_equal(bk__svc_filesend_new(t, 2, &svc, NULL), LLB_OK);
        fake_init(&f);
        fake_meta(&f, "buildkit-attachable-exporter-id", rows[i].id);
        assert_true(fake_start(&f, svc, DIFF_COPY));
        assert_int_equal(fake_end(&f).code, rows[i].code);
        svc->free(svc);
    }
    close(fd);
}

static void bytes_are_taken_once(void **state)
{
    struct call c;
    fake again;
    (void)state;

    call_init(&c, BK__TARGET_FILE, "");
    put_bytes(&c.f, "x");
    fake_half_close(&c.f);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    fake_init(&again);
    assert_true(fake_start(&again, c.svc, DIFF_COPY));
    assert_int_equal(fake_end(&again).code, BK__RPC_FAILED_PRECONDITION);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    call_clear(&c);
}

static void two_calls_fill_one_folder(void **state)
{
    struct call c;
    fake other;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "");
    fake_init(&other);
    assert_true(fake_start(&other, c.svc, DIFF_COPY));
    put_stat(&c.f, "linux_amd64", BK__MODE_DIR | 0755, 0, "");
    put_stat(&other, "linux_arm64", BK__MODE_DIR | 0755, 0, "");
    put_stat(&c.f, "linux_amd64/f", 0644, 1, "");
    put_stat(&other, "linux_arm64/f", 0644, 1, "");
    put_end(&c.f);
    put_end(&other);
    assert_int_equal(answer(&c.f, "a"), BK__PACKET_FIN);
    assert_int_equal(answer(&other, "b"), BK__PACKET_FIN);
    assert_int_equal(fake_end(&c.f).code, BK__RPC_OK);
    assert_int_equal(fake_end(&other).code, BK__RPC_OK);
    assert_int_equal(bk__svc_filesend_commit(c.svc, NULL), LLB_OK);
    char *a = tree_read(c.out, "linux_amd64/f");
    char *b = tree_read(c.out, "linux_arm64/f");
    assert_string_equal(a, "a");
    assert_string_equal(b, "b");
    free(a);
    free(b);
    call_clear(&c);
}

static void a_folder_removed_meanwhile_is_an_error(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, BK__TARGET_DIR, "out/");
    rmdir(c.out);
    put_stat(&c.f, "f", 0644, 1, "");
    put_end(&c.f);
    assert_refused(&c, "/out/f: No such file");
    call_clear(&c);
}

static void lack_of_memory_is_told(void **state)
{
    char *dir = tree_new();
    char *file = strdup(tree_path(dir, "x/file"));
    char *folder = strdup(tree_path(dir, "y/folder"));
    bk__target t[] = {{.kind = BK__TARGET_FILE, .path = file},
                      {.kind = BK__TARGET_DIR, .path = folder}};
    (void)state;

    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_filesend_new(t, 2, &svc, NULL);
        bool failed = fail_alloc_done();
        if (svc)
            svc->free(svc);
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        assert_int_equal(count(dir), 0); /* and nothing stays behind */
        if (!failed)
            break;
    }
    free(file);
    free(folder);
    tree_free(dir);
}

/* A tree for a folder with other things in it, with mode=delete, by a daemon
 * that says or does not say that it knows of that. */
static void mirror(bool says_so, llb_status st)
{
    static const char *const others[] = {"a/c", "a/d", "old", "old/x"};
    char *dir = tree_new(), *out;
    bk__service *svc;
    fake f;

    tree_make(dir, "kept out/ out/a/ out/a/c out/a/d/ out/a/d/e out/old/ "
                   "out/old/x out/l>../kept out/a/m>b");
    assert_true(asprintf(&out, "%s/out", dir) > 0);
    bk__target t = {.kind = BK__TARGET_DIR, .path = out, .deletes = true};
    assert_int_equal(bk__svc_filesend_new(&t, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    if (says_so)
        fake_meta(&f, "buildkit-exporter-multi-platform", "1");
    assert_true(fake_start(&f, svc, DIFF_COPY));
    if (says_so) {
        put_stat(&f, "a", BK__MODE_DIR | 0755, 0, "");
        put_stat(&f, "a/b", 0644, 1, "");
        put_stat(&f, "a b", 0644, 1, "");
        put_end(&f);
        assert_int_equal(answer(&f, "x"), BK__PACKET_FIN);
    }
    fake_end(&f);
    assert_int_equal(access(tree_path(dir, "out/old/x"), F_OK), 0);
    assert_int_equal(bk__svc_filesend_failed(svc, NULL), st);
    if (st == LLB_OK)
        assert_int_equal(bk__svc_filesend_commit(svc, NULL), LLB_OK);
    svc->free(svc);
    assert_true(tree_has(dir, "kept"));
    assert_int_equal(tree_has(out, "a/b") && tree_has(out, "a b"), says_so);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(tree_has(out, others[i]), !says_so);
    free(out);
    tree_free(dir);
}

static void mode_delete_removes_what_did_not_come(void **state)
{
    (void)state;
    mirror(true, LLB_OK);
}

static void mode_delete_removes_nothing_for_an_old_daemon(void **state)
{
    (void)state;
    mirror(false, LLB_EUNSUPPORTED);
}

int main(void)
{
    enum { N = sizeof hostile / sizeof *hostile };
    const struct CMUnitTest first[] = {
        cmocka_unit_test(a_tree_arrives_and_is_renamed_at_the_end),
        cmocka_unit_test(mode_delete_removes_what_did_not_come),
        cmocka_unit_test(mode_delete_removes_nothing_for_an_old_daemon),
        cmocka_unit_test(a_new_folder_has_the_mode_that_umask_leaves),
        cmocka_unit_test(without_commit_nothing_stays),
        cmocka_unit_test(names_that_no_system_has_are_refused),
        cmocka_unit_test(sizes_that_lie_are_refused),
        cmocka_unit_test(packets_out_of_place_are_refused),
        cmocka_unit_test(the_daemons_error_is_passed_on),
        cmocka_unit_test(entries_replace_older_ones),
        cmocka_unit_test(modes_are_exact_whatever_the_umask),
        cmocka_unit_test(only_harmless_attributes_are_set),
        cmocka_unit_test(zeros_become_holes_of_the_right_size),
        cmocka_unit_test(many_files_do_not_jam),
        cmocka_unit_test(what_is_sent_is_what_is_received),
        cmocka_unit_test(bytes_become_a_file_at_the_end),
        cmocka_unit_test(a_file_cut_off_leaves_the_old_one),
        cmocka_unit_test(nothing_sent_is_an_error_at_commit),
        cmocka_unit_test(bytes_go_to_a_descriptor),
        cmocka_unit_test(a_reader_that_leaves_is_an_error_not_a_signal),
        cmocka_unit_test(a_reader_that_stops_reading_is_not_waited_for),
        cmocka_unit_test(a_full_disk_is_one_error_with_the_path),
        cmocka_unit_test(a_full_file_system_leaves_nothing_behind),
        cmocka_unit_test(targets_are_checked_before_the_build),
        cmocka_unit_test(a_symlink_to_a_file_stays_a_symlink),
        cmocka_unit_test(exporters_that_send_nothing_are_not_found),
        cmocka_unit_test(bytes_are_taken_once),
        cmocka_unit_test(two_calls_fill_one_folder),
        cmocka_unit_test(a_folder_removed_meanwhile_is_an_error),
        cmocka_unit_test(lack_of_memory_is_told),
    };
    enum { M = sizeof first / sizeof *first };
    struct CMUnitTest tests[M + N];

    alarm(100); /* a jam is a failure, not a wait */
    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){hostile[i].name, check_hostile, NULL,
                                           NULL, (void *)&hostile[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

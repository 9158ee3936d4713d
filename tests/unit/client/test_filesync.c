/* Tests of the FileSync service, with the test as the daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "fake_stream.h"
#include "svc_filesync.h"
#include "tree.h"

#define DIFF_COPY "/moby.filesync.v1.FileSync/DiffCopy"

/* A service for one folder named "context", and a call to it. */
struct call {
    char *dir;
    bk__service *svc;
    fake f;
};

static void call_init(struct call *c, const char *list)
{
    c->dir = tree_new();
    tree_make(c->dir, list);
    bk__mount m = {"context", c->dir};
    assert_int_equal(bk__svc_filesync_new(&m, 1, &c->svc, NULL), LLB_OK);
    fake_init(&c->f);
}

static void call_start(struct call *c)
{
    fake_meta(&c->f, "dir-name", "context");
    assert_true(fake_start(&c->f, c->svc, DIFF_COPY));
}

static bk__rpc_status call_end(struct call *c)
{
    bk__rpc_status st = fake_end(&c->f);

    c->svc->free(c->svc);
    tree_free(c->dir);
    return st;
}

/* The names up to the end of the list, with a space between; freed by the
 * caller. Packets of other types are an error. */
static char *get_names(fake *f)
{
    llb__buf b = LLB__BUF_INIT;
    bk__packet p;

    for (;;) {
        assert_true(fake_get_packet(f, &p));
        assert_int_equal(p.type, BK__PACKET_STAT);
        if (!p.has_stat)
            break;
        llb__buf_printf(&b, "%s%.*s", b.len ? " " : "", (int)p.stat.path.len,
                        (const char *)p.stat.path.data);
    }
    return llb__buf_take(&b, &(size_t){0});
}

static void put_req(fake *f, uint32_t id)
{
    assert_true(
        fake_put_packet(f, &(bk__packet){.type = BK__PACKET_REQ, .id = id}));
}

/* Says FIN and expects it back. */
static void finish(fake *f)
{
    bk__packet p;

    assert_true(fake_put_packet(f, &(bk__packet){.type = BK__PACKET_FIN}));
    assert_true(fake_get_packet(f, &p));
    assert_int_equal(p.type, BK__PACKET_FIN);
}

/* Reads the data of file id up to its end; the length. */
static size_t get_data(fake *f, uint32_t id, uint8_t *out, size_t room)
{
    size_t n = 0;
    bk__packet p;

    for (;;) {
        assert_true(fake_get_packet(f, &p));
        assert_int_equal(p.type, BK__PACKET_DATA);
        assert_int_equal(p.id, id);
        if (p.data.len == 0)
            return n;
        assert_true(p.data.len <= room - n);
        memcpy(out + n, p.data.data, p.data.len);
        n += p.data.len;
    }
}

/* Reads on to the ERR packet and checks that it holds text. */
static void get_error(fake *f, const char *text)
{
    bk__packet p;

    do
        assert_true(fake_get_packet(f, &p));
    while (p.type != BK__PACKET_ERR);
    char *message = strndup((const char *)p.data.data, p.data.len);
    assert_non_null(strstr(message, text));
    free(message);
}

static void a_folder_is_listed_and_its_files_sent(void **state)
{
    struct call c;
    uint8_t data[16];
    (void)state;

    call_init(&c, "d/ a l>a");
    tree_file(c.dir, "d/f", "hello");
    call_start(&c);
    char *names = get_names(&c.f);
    assert_string_equal(names, "a d d/f l");
    free(names);
    put_req(&c.f, 2);
    assert_int_equal(get_data(&c.f, 2, data, sizeof data), 5);
    assert_memory_equal(data, "hello", 5);
    put_req(&c.f, 0);
    assert_int_equal(get_data(&c.f, 0, data, sizeof data), 0);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void metadata_alone_is_enough(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "a b");
    call_start(&c);
    free(get_names(&c.f));
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void a_large_file_comes_in_pieces(void **state)
{
    enum { SIZE = 1000001 };
    uint8_t *want = malloc(SIZE), *got = malloc(SIZE);
    struct call c;
    (void)state;

    call_init(&c, "");
    for (size_t i = 0; i < SIZE; i++)
        want[i] = (uint8_t)(i * 2654435761u >> 13);
    FILE *file = fopen(tree_path(c.dir, "big"), "w");
    assert_int_equal(fwrite(want, 1, SIZE, file), SIZE);
    fclose(file);
    call_start(&c);
    free(get_names(&c.f));
    put_req(&c.f, 0);
    assert_int_equal(get_data(&c.f, 0, got, SIZE), SIZE);
    assert_memory_equal(got, want, SIZE);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
    free(want);
    free(got);
}

/* The queues hold 16 messages: with one thread for both directions, or files
 * only after the list, this would never end. */
static void requests_may_come_while_the_list_is_sent(void **state)
{
    enum { N = 500 };
    struct call c;
    unsigned n_names = 0, n_files = 0, n_asked = 0;
    bool listed = false;
    bk__packet p;
    (void)state;

    call_init(&c, "");
    for (int i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%03d", i);
        tree_file(c.dir, name, "x");
    }
    call_start(&c);
    while (!listed || n_files < N) {
        assert_true(fake_get_packet(&c.f, &p));
        if (p.type == BK__PACKET_DATA) {
            n_files += p.data.len == 0;
            continue;
        }
        assert_int_equal(p.type, BK__PACKET_STAT);
        listed |= !p.has_stat;
        n_names += p.has_stat;
        while (n_asked < n_names)
            put_req(&c.f, n_asked++);
    }
    assert_int_equal(n_names, N);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void patterns_choose_what_is_sent(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "src/ src/a.c src/a.o doc/ doc/x b\xc3\xa9 c+d");
    fake_meta(&c.f, "include-patterns", "src");
    fake_meta(&c.f, "include-patterns", "b%C3%A9");
    fake_meta(&c.f, "include-patterns", "c%2Bd");
    fake_meta(&c.f, "include-patterns-encoded", "1");
    fake_meta(&c.f, "exclude-patterns", "**/*.o");
    call_start(&c);
    char *names = get_names(&c.f);
    assert_string_equal(names, "b\xc3\xa9 c+d src src/a.c");
    free(names);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void plain_values_are_not_unescaped(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "a%41 a+b aA");
    fake_meta(&c.f, "include-patterns", "a%41");
    fake_meta(&c.f, "include-patterns", "a+b");
    call_start(&c);
    char *names = get_names(&c.f);
    assert_string_equal(names, "a%41 a+b");
    free(names);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void followed_paths_are_included(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "real/ real/Dockerfile Dockerfile>real/Dockerfile other");
    fake_meta(&c.f, "followpaths", "Dockerfile");
    fake_meta(&c.f, "followpaths", "Dockerfile.dockerignore");
    call_start(&c);
    char *names = get_names(&c.f);
    assert_string_equal(names, "Dockerfile real real/Dockerfile");
    free(names);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void following_the_root_adds_no_pattern(void **state)
{
    (void)state;

    for (int filtered = 0; filtered < 2; filtered++) {
        struct call c;
        call_init(&c, "a b");
        fake_meta(&c.f, "followpaths", "/");
        if (filtered)
            fake_meta(&c.f, "include-patterns", "b");
        call_start(&c);
        char *names = get_names(&c.f);
        assert_string_equal(names, filtered ? "b" : "a b");
        free(names);
        finish(&c.f);
        assert_int_equal(call_end(&c).code, BK__RPC_OK);
    }
}

static void a_wrong_pattern_fails_before_anything_is_sent(void **state)
{
    struct call c;
    bk__packet p;
    llb_error err;
    (void)state;

    call_init(&c, "a");
    fake_meta(&c.f, "exclude-patterns", "[a");
    call_start(&c);
    assert_false(fake_get_packet(&c.f, &p));
    assert_int_equal(bk__svc_filesync_failed(c.svc, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "[a"));
    bk__rpc_status st = call_end(&c);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_non_null(strstr(st.message, "[a"));
}

static void a_name_not_offered_is_not_found(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "a");
    fake_meta(&c.f, "dir-name", "/etc");
    assert_true(fake_start(&c.f, c.svc, DIFF_COPY));
    bk__rpc_status st = call_end(&c);
    assert_int_equal(st.code, BK__RPC_NOT_FOUND);
    assert_string_equal(st.message, "no access allowed to dir \"/etc\"");
}

static void only_listed_files_can_be_asked_for(void **state)
{
    static const uint32_t wrong[] = {2, 3, UINT32_MAX}; /* folder, none, none */
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct call c;
        call_init(&c, "a b d/");
        call_start(&c);
        free(get_names(&c.f));
        put_req(&c.f, wrong[i]);
        get_error(&c.f, "invalid file id");
        bk__rpc_status st = call_end(&c);
        assert_int_equal(st.code, BK__RPC_UNKNOWN);
        assert_non_null(strstr(st.message, "invalid file id"));
    }
}

static void a_file_can_be_asked_for_once(void **state)
{
    struct call c;
    uint8_t data[4];
    (void)state;

    call_init(&c, "a");
    call_start(&c);
    free(get_names(&c.f));
    put_req(&c.f, 0);
    get_data(&c.f, 0, data, sizeof data);
    put_req(&c.f, 0);
    get_error(&c.f, "invalid file id 0");
    call_end(&c);
}

/* What happens to "victim" between the list and the request. */
static void grow(const char *dir) { tree_file(dir, "victim", "1234567"); }
static void shrink(const char *dir) { tree_file(dir, "victim", ""); }
static void delete (const char *dir) { unlink(tree_path(dir, "victim")); }

static void replace(const char *dir)
{
    struct timespec t[2];
    struct stat st;

    stat(tree_path(dir, "victim"), &st);
    t[0] = t[1] = st.st_mtim;
    tree_file(dir, "new", "54321");
    utimensat(AT_FDCWD, tree_path(dir, "new"), t, 0);
    rename(tree_path(dir, "new"), tree_path(dir, "victim"));
}

static void point_outside(const char *dir)
{
    delete (dir);
    if (symlink("/etc/passwd", tree_path(dir, "victim")) < 0)
        abort();
}

static void make_fifo(const char *dir)
{
    delete (dir);
    if (mkfifo(tree_path(dir, "victim"), 0600) < 0)
        abort();
}

static const struct change_case {
    const char *name;
    void (*change)(const char *dir);
} changes[] = {
    {"a file that grew is an error", grow},
    {"a file that shrank is an error", shrink},
    {"a file that is gone is an error", delete},
    {"a file that was replaced is an error", replace},
    {"a file turned symlink is an error", point_outside},
    {"a file turned FIFO is an error", make_fifo},
};

static void check_change(void **state)
{
    const struct change_case *k = *state;
    struct call c;
    llb_error err;

    call_init(&c, "");
    tree_file(c.dir, "victim", "12345");
    call_start(&c);
    free(get_names(&c.f));
    k->change(c.dir);
    put_req(&c.f, 0);
    get_error(&c.f, "/victim");
    fake_cancel(&c.f); /* as the daemon does when it has heard ERR */
    fake_wait(&c.f);
    assert_int_equal(bk__svc_filesync_failed(c.svc, &err), LLB_EIO);
    assert_non_null(strstr(err.message, "/victim"));
    assert_int_equal(c.f.status.code, BK__RPC_UNKNOWN);
    call_end(&c);
}

/* The queue is shorter than the file, so most of it is read after the change,
 * which keeps the size. */
static void a_file_that_changes_while_it_is_sent_is_an_error(void **state)
{
    enum { SIZE = 8 << 20 };
    struct call c;
    bk__packet p;
    (void)state;

    call_init(&c, "victim");
    assert_int_equal(truncate(tree_path(c.dir, "victim"), SIZE), 0);
    call_start(&c);
    free(get_names(&c.f));
    put_req(&c.f, 0);
    assert_true(fake_get_packet(&c.f, &p));
    int fd = open(tree_path(c.dir, "victim"), O_WRONLY);
    assert_int_equal(pwrite(fd, "x", 1, SIZE - 1), 1);
    close(fd);
    get_error(&c.f, "/victim changed while it was sent");
    fake_cancel(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_UNKNOWN);
}

static void an_unreadable_file_is_an_error(void **state)
{
    struct call c;
    (void)state;

    if (geteuid() == 0)
        skip(); /* root reads everything */
    call_init(&c, "a");
    chmod(tree_path(c.dir, "a"), 0);
    call_start(&c);
    free(get_names(&c.f));
    put_req(&c.f, 0);
    get_error(&c.f, "/a");
    fake_cancel(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_UNKNOWN);
}

static void a_socket_is_sent_as_an_empty_file(void **state)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct call c;
    uint8_t data[4];
    (void)state;

    call_init(&c, "");
    snprintf(a.sun_path, sizeof a.sun_path, "%s/s", c.dir);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    call_start(&c);
    free(get_names(&c.f));
    put_req(&c.f, 0);
    assert_int_equal(get_data(&c.f, 0, data, sizeof data), 0);
    finish(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
    close(fd);
}

static void the_daemons_error_ends_the_call(void **state)
{
    struct call c;
    bk__packet err = {.type = BK__PACKET_ERR,
                      .data = {(const uint8_t *)"disk full", 9}};
    (void)state;

    call_init(&c, "a");
    call_start(&c);
    free(get_names(&c.f));
    assert_true(fake_put_packet(&c.f, &err));
    assert_int_equal(bk__svc_filesync_failed(c.svc, NULL), LLB_OK);
    bk__rpc_status st = call_end(&c);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_string_equal(st.message, "error from receiver: disk full");
}

static void broken_and_strange_packets_end_the_call(void **state)
{
    static const char *const wrong[] = {"\x08\x07", "\xff", "\x12", "\x08\x02"};
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct call c;
        call_init(&c, "a");
        call_start(&c);
        free(get_names(&c.f));
        assert_true(fake_put(&c.f, wrong[i], strlen(wrong[i])));
        assert_int_equal(call_end(&c).code, BK__RPC_INVALID_ARGUMENT);
    }
}

static void a_daemon_that_goes_away_ends_the_call(void **state)
{
    struct call c;
    (void)state;

    call_init(&c, "");
    for (int i = 0; i < 100; i++) { /* more than a queue holds */
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        tree_file(c.dir, name, "");
    }
    call_start(&c);
    fake_cancel(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_CANCELED);
    call_init(&c, "a");
    call_start(&c);
    fake_half_close(&c.f);
    assert_int_equal(call_end(&c).code, BK__RPC_CANCELED);
}

static void two_calls_at_once_do_not_mix(void **state)
{
    struct call c;
    fake other;
    (void)state;

    call_init(&c, "a d/ d/b");
    fake_init(&other);
    fake_meta(&other, "dir-name", "context");
    assert_true(fake_start(&other, c.svc, DIFF_COPY));
    call_start(&c);
    char *x = get_names(&c.f), *y = get_names(&other);
    assert_string_equal(x, "a d d/b");
    assert_string_equal(y, x);
    free(x);
    free(y);
    finish(&other);
    finish(&c.f);
    assert_int_equal(fake_end(&other).code, BK__RPC_OK);
    assert_int_equal(call_end(&c).code, BK__RPC_OK);
}

static void folders_are_checked_before_the_build(void **state)
{
    char *dir = tree_new();
    static const struct {
        const char *path;
        llb_status want;
    } rows[] = {{"missing", LLB_ENOENT},
                {"broken", LLB_ENOENT},
                {"file", LLB_EINVAL},
                {"", LLB_OK},
                {"link", LLB_OK},
                {"with space", LLB_OK},
                {"link/../with space/", LLB_OK}};
    (void)state;

    tree_make(dir, "file real/ link>real broken>nowhere");
    mkdir(tree_path(dir, "with space"), 0755);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bk__mount m = {"context", tree_path(dir, rows[i].path)};
        bk__service *svc = NULL;
        llb_error err = {0};
        assert_int_equal(bk__svc_filesync_new(&m, 1, &svc, &err), rows[i].want);
        if (svc)
            svc->free(svc);
        else
            assert_non_null(strstr(err.message, rows[i].path));
    }
    bk__service *none = NULL;
    assert_int_equal(bk__svc_filesync_new(NULL, 0, &none, NULL), LLB_OK);
    none->free(none);
    bk__mount m = {"context", ""};
    llb_error err = {0};
    assert_int_equal(bk__svc_filesync_new(&m, 1, &none, &err), LLB_ENOENT);
    tree_free(dir);
}

static void lack_of_memory_is_told(void **state)
{
    char *dir = tree_new();
    bk__mount m[] = {{"a", dir}, {"b", dir}};
    (void)state;

    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_filesync_new(m, 2, &svc, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        if (!failed)
            break;
    }
    tree_free(dir);
}

int main(void)
{
    enum { N = sizeof changes / sizeof *changes };
    const struct CMUnitTest first[] = {
        cmocka_unit_test(a_folder_is_listed_and_its_files_sent),
        cmocka_unit_test(metadata_alone_is_enough),
        cmocka_unit_test(a_large_file_comes_in_pieces),
        cmocka_unit_test(requests_may_come_while_the_list_is_sent),
        cmocka_unit_test(patterns_choose_what_is_sent),
        cmocka_unit_test(plain_values_are_not_unescaped),
        cmocka_unit_test(followed_paths_are_included),
        cmocka_unit_test(following_the_root_adds_no_pattern),
        cmocka_unit_test(a_wrong_pattern_fails_before_anything_is_sent),
        cmocka_unit_test(a_name_not_offered_is_not_found),
        cmocka_unit_test(only_listed_files_can_be_asked_for),
        cmocka_unit_test(a_file_can_be_asked_for_once),
        cmocka_unit_test(a_file_that_changes_while_it_is_sent_is_an_error),
        cmocka_unit_test(an_unreadable_file_is_an_error),
        cmocka_unit_test(a_socket_is_sent_as_an_empty_file),
        cmocka_unit_test(the_daemons_error_ends_the_call),
        cmocka_unit_test(broken_and_strange_packets_end_the_call),
        cmocka_unit_test(a_daemon_that_goes_away_ends_the_call),
        cmocka_unit_test(two_calls_at_once_do_not_mix),
        cmocka_unit_test(folders_are_checked_before_the_build),
        cmocka_unit_test(lack_of_memory_is_told),
    };
    enum { M = sizeof first / sizeof *first };
    struct CMUnitTest tests[M + N];

    memcpy(tests, first, sizeof first);
    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){changes[i].name, check_change, NULL,
                                           NULL, (void *)&changes[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

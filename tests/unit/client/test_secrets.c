/* Tests of the Secrets service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"
#include "fake_stream.h"
#include "bounds.h"
#include "svc_secrets.h"
#include "tree.h"

#define GET_SECRET "/moby.buildkit.secrets.v1.Secrets/GetSecret"

static bk__secret from_data(const char *id, const char *data)
{
    return (bk__secret){.id = id,
                        .kind = BK__SECRET_DATA,
                        .data = {(const uint8_t *)data, strlen(data)}};
}

static bk__secret from_file(const char *id, const char *path)
{
    return (bk__secret){.id = id, .kind = BK__SECRET_FILE, .path = path};
}

static bk__secret from_env(const char *id, const char *env)
{
    return (bk__secret){.id = id, .kind = BK__SECRET_ENV, .env = env};
}

/* Asks for id; the value in out, freed by the caller, when it is OK. */
static bk__rpc_status ask(bk__service *svc, const char *id, llb__bytes *out)
{
    llb__buf request = LLB__BUF_INIT;
    uint8_t head[BK__DATA_HEAD_MAX];
    llb__bytes message;
    fake f;

    llb__buf_add(&request, head, bk__field1_head(strlen(id), head));
    llb__buf_adds(&request, id);
    llb__buf_add(&request, "\x12\x00", 2); /* annotations: ignored */
    fake_init(&f);
    assert_true(fake_start(&f, svc, GET_SECRET));
    assert_true(fake_put(&f, request.data, request.len));
    llb__buf_clear(&request);
    if (fake_get(&f, &message)) {
        llb__bytes data;
        assert_true(bk__field1_parse(message, &data));
        uint8_t *copy = malloc(data.len + 1);
        if (data.len)
            memcpy(copy, data.data, data.len);
        *out = (llb__bytes){copy, data.len};
    }
    return fake_end(&f);
}

static void assert_secret(bk__service *svc, const char *id, const char *want)
{
    llb__bytes got = {NULL, 0};

    assert_int_equal(ask(svc, id, &got).code, BK__RPC_OK);
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.data, want, got.len);
    free((void *)got.data);
}

static void secrets_come_from_data_files_and_variables(void **state)
{
    char *dir = tree_new();
    bk__service *svc = NULL;
    (void)state;

    tree_file(dir, "s", "from file");
    setenv("LLB_TEST_TOKEN", "from env", 1);
    setenv("LLB_TEST_EMPTY", "", 1);
    bk__secret list[] = {
        from_data("d", "from data"), from_file("f", tree_path(dir, "s")),
        from_env("e", "LLB_TEST_TOKEN"), from_env("empty", "LLB_TEST_EMPTY")};
    assert_int_equal(bk__svc_secrets_new(list, 4, &svc, NULL), LLB_OK);
    assert_secret(svc, "d", "from data");
    assert_secret(svc, "f", "from file");
    assert_secret(svc, "e", "from env");
    assert_secret(svc, "empty", "");
    /* A file is read when it is asked for. */
    tree_file(dir, "s", "new");
    assert_secret(svc, "f", "new");
    svc->free(svc);
    tree_free(dir);
}

static void unknown_ids_are_not_found(void **state)
{
    static const char *const ids[] = {"", "A", "aa", "GIT_AUTH_TOKEN"};
    bk__secret s = from_data("a", "x");
    bk__service *svc = NULL;
    llb__bytes got;
    (void)state;

    assert_int_equal(bk__svc_secrets_new(&s, 1, &svc, NULL), LLB_OK);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_int_equal(ask(svc, ids[i], &got).code, BK__RPC_NOT_FOUND);
    svc->free(svc);
    assert_int_equal(bk__svc_secrets_new(NULL, 0, &svc, NULL), LLB_OK);
    assert_int_equal(ask(svc, "a", &got).code, BK__RPC_NOT_FOUND);
    svc->free(svc);
}

static void the_limit_is_500_kib(void **state)
{
    char *dir = tree_new(), *big = calloc(1, LLB__MAX_SECRET + 2);
    char *path = strdup(tree_path(dir, "s"));
    bk__service *svc = NULL;
    llb_error err = {0};
    llb__bytes got;
    (void)state;

    memset(big, 'x', LLB__MAX_SECRET);
    tree_file(dir, "s", big);
    bk__secret list[] = {from_file("f", path), from_data("d", big)};
    assert_int_equal(bk__svc_secrets_new(list, 2, &svc, NULL), LLB_OK);
    assert_secret(svc, "f", big);
    assert_secret(svc, "d", big);
    big[LLB__MAX_SECRET] = 'x';
    tree_file(dir, "s", big); /* grew after it was looked at */
    bk__rpc_status st = ask(svc, "f", &got);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_non_null(strstr(st.message, "500 KiB"));
    svc->free(svc);
    svc = NULL;
    list[1] = from_data("d", big);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(bk__svc_secrets_new(&list[i], 1, &svc, &err),
                         LLB_ELIMIT);
        assert_non_null(strstr(err.message, "500 KiB"));
    }
    free(big);
    free(path);
    tree_free(dir);
}

static void what_must_fail_fails_before_the_build(void **state)
{
    char *dir = tree_new();
    bk__service *svc = NULL;
    (void)state;

    unsetenv("LLB_TEST_UNSET");
    bk__secret twice[] = {from_data("a", "x"), from_data("a", "y")};
    bk__secret none = from_data("", "x");
    bk__secret missing = from_file("m", "/nonexistent/secret");
    bk__secret folder = from_file("d", dir);
    char *fifo = strdup(tree_path(dir, "fifo"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    bk__secret pipe = from_file("p", fifo);
    bk__secret unset = from_env("u", "LLB_TEST_UNSET");
    const struct {
        const bk__secret *list;
        size_t n;
        llb_status want;
        const char *text;
    } rows[] = {
        {twice, 2, LLB_EINVAL, "\"a\" is given twice"},
        {&none, 1, LLB_EINVAL, "no id"},
        {&missing, 1, LLB_ENOENT, "/nonexistent/secret"},
        {&folder, 1, LLB_EINVAL, "is a folder"},
        {&pipe, 1, LLB_EINVAL, "no file that can be read again"},
        {&unset, 1, LLB_ENOENT, "LLB_TEST_UNSET"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        llb_error err = {0};
        assert_int_equal(
            bk__svc_secrets_new(rows[i].list, rows[i].n, &svc, &err),
            rows[i].want);
        assert_non_null(strstr(err.message, rows[i].text));
        assert_null(svc);
    }
    free(fifo);
    tree_free(dir);
}

static void a_file_that_is_gone_is_an_error_not_an_empty_secret(void **state)
{
    char *dir = tree_new();
    bk__service *svc = NULL;
    llb__bytes got;
    (void)state;

    tree_file(dir, "s", "x");
    bk__secret s = from_file("f", tree_path(dir, "s"));
    assert_int_equal(bk__svc_secrets_new(&s, 1, &svc, NULL), LLB_OK);
    unlink(tree_path(dir, "s"));
    bk__rpc_status st = ask(svc, "f", &got);
    assert_int_equal(st.code, BK__RPC_UNKNOWN);
    assert_non_null(strstr(st.message, "/s\""));
    /* and one that became a pipe is not waited for */
    assert_int_equal(mkfifo(tree_path(dir, "s"), 0600), 0);
    assert_int_equal(ask(svc, "f", &got).code, BK__RPC_UNKNOWN);
    svc->free(svc);
    tree_free(dir);
}

static void a_broken_request_is_refused(void **state)
{
    bk__service *svc = NULL;
    fake f;
    (void)state;

    assert_int_equal(bk__svc_secrets_new(NULL, 0, &svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, GET_SECRET));
    fake_put(&f, "\x0a\x7f", 2);
    assert_int_equal(fake_end(&f).code, BK__RPC_INVALID_ARGUMENT);
    fake_init(&f);
    assert_true(fake_start(&f, svc, GET_SECRET));
    fake_cancel(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
    svc->free(svc);
}

static void lack_of_memory_is_told(void **state)
{
    bk__secret list[] = {from_data("a", "x"), from_data("b", "y")};
    (void)state;

    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_secrets_new(list, 2, &svc, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_come_from_data_files_and_variables),
        cmocka_unit_test(unknown_ids_are_not_found),
        cmocka_unit_test(the_limit_is_500_kib),
        cmocka_unit_test(what_must_fail_fails_before_the_build),
        cmocka_unit_test(a_file_that_is_gone_is_an_error_not_an_empty_secret),
        cmocka_unit_test(a_broken_request_is_refused),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the Upload service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_stream.h"
#include "svc_upload.h"
#include "tree.h"

#define PULL "/moby.upload.v1.Upload/Pull"

static bk__rpc_status fetch(bk__service *svc, const char *path, char out[16])
{
    fake f;
    llb__bytes m, data;
    size_t len = 0;

    fake_init(&f);
    if (path)
        fake_meta(&f, "urlpath", path);
    assert_true(fake_start(&f, svc, PULL));
    while (fake_get(&f, &m)) {
        assert_true(bk__field1_parse(m, &data));
        assert_true(len + data.len < 16);
        memcpy(out + len, data.data, data.len);
        len += data.len;
    }
    out[len] = '\0';
    return fake_end(&f);
}

static void files_are_served_by_their_names(void **state)
{
    char *dir = tree_new(), text[16];
    bk__service *svc;
    (void)state;

    tree_file(dir, "a", "hello");
    tree_make(dir, "empty");
    char *a = strdup(tree_path(dir, "a")), *e = strdup(tree_path(dir, "empty"));
    bk_upload files[] = {{"one", a}, {"two", e}};
    assert_int_equal(bk__svc_upload_new(files, 2, &svc, NULL), LLB_OK);
    for (int i = 0; i < 2; i++) { /* a file can be read again */
        assert_int_equal(fetch(svc, "/one", text).code, BK__RPC_OK);
        assert_string_equal(text, "hello");
    }
    assert_int_equal(fetch(svc, "two", text).code, BK__RPC_OK);
    assert_string_equal(text, "");
    assert_int_equal(fetch(svc, "/on", text).code, BK__RPC_NOT_FOUND);
    assert_int_equal(fetch(svc, "/../a", text).code, BK__RPC_NOT_FOUND);
    assert_int_equal(fetch(svc, "/", text).code, BK__RPC_NOT_FOUND);
    assert_int_equal(fetch(svc, NULL, text).code, BK__RPC_NOT_FOUND);
    svc->free(svc);
    free(a);
    free(e);
    tree_free(dir);
}

static void a_pipe_is_served_once(void **state)
{
    int p[2];
    char path[32], text[16];
    bk__service *svc;
    (void)state;

    assert_int_equal(pipe(p), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", p[0]);
    bk_upload file = {"p", path};
    assert_int_equal(bk__svc_upload_new(&file, 1, &svc, NULL), LLB_OK);
    assert_int_equal(write(p[1], "x", 1), 1);
    close(p[1]);
    assert_int_equal(fetch(svc, "/p", text).code, BK__RPC_OK);
    assert_string_equal(text, "x");
    assert_int_equal(fetch(svc, "/p", text).code, BK__RPC_FAILED_PRECONDITION);
    svc->free(svc);
    close(p[0]);
}

static void a_pipe_that_nobody_fills_holds_up_no_end(void **state)
{
    int p[2];
    char path[32];
    bk__service *svc;
    fake f;
    (void)state;

    assert_int_equal(pipe(p), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", p[0]);
    bk_upload file = {"p", path};
    assert_int_equal(bk__svc_upload_new(&file, 1, &svc, NULL), LLB_OK);
    fake_init(&f);
    fake_meta(&f, "urlpath", "/p");
    assert_true(fake_start(&f, svc, PULL));
    fake_cancel(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
    svc->free(svc);
    close(p[0]);
    close(p[1]);
}

static void what_cannot_be_served_is_told(void **state)
{
    static const struct {
        bk_upload files[2];
        llb_status st;
        const char *words;
    } cases[] = {
        {{{"", "/dev/null"}}, LLB_EINVAL, "no name of an upload"},
        {{{"a/b", "/dev/null"}}, LLB_EINVAL, "no name of an upload"},
        {{{"a%2f", "/dev/null"}}, LLB_EINVAL, "no name of an upload"},
        {{{"a", "/nowhere"}}, LLB_ENOENT, "/nowhere"},
        {{{"a", "/"}}, LLB_EINVAL, "is a folder"},
        {{{"a", "/dev/null"}, {"a", "/dev/null"}}, LLB_EINVAL, "twice"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bk__service *svc;
        llb_error err;
        assert_int_equal(bk__svc_upload_new(cases[i].files,
                                            cases[i].files[1].name ? 2 : 1,
                                            &svc, &err),
                         cases[i].st);
        if (!strstr(err.message, cases[i].words))
            fail_msg("%s", err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_served_by_their_names),
        cmocka_unit_test(a_pipe_is_served_once),
        cmocka_unit_test(a_pipe_that_nobody_fills_holds_up_no_end),
        cmocka_unit_test(what_cannot_be_served_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

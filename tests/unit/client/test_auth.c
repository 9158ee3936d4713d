/* Tests of the Auth service without credentials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_stream.h"
#include "svc_auth.h"

static void credentials_are_empty_and_no_error(void **state)
{
    bk__service *svc = NULL;
    llb__bytes m = {NULL, 1};
    fake f;
    (void)state;

    assert_int_equal(bk__svc_auth_new(&svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, "/moby.filesync.v1.Auth/Credentials"));
    assert_true(fake_put(&f, "\x0a\x03reg", 5));
    assert_true(fake_get(&f, &m));
    assert_int_equal(m.len, 0);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    svc->free(svc);
}

static void tokens_are_not_implemented(void **state)
{
    static const char *const paths[] = {
        "/moby.filesync.v1.Auth/GetTokenAuthority",
        "/moby.filesync.v1.Auth/FetchToken",
        "/moby.filesync.v1.Auth/VerifyTokenAuthority",
    };
    bk__service *svc = NULL;
    (void)state;

    assert_int_equal(bk__svc_auth_new(&svc, NULL), LLB_OK);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        llb__bytes m;
        fake f;
        fake_init(&f);
        assert_true(fake_start(&f, svc, paths[i]));
        assert_false(fake_get(&f, &m));
        assert_int_equal(fake_end(&f).code, BK__RPC_UNIMPLEMENTED);
    }
    svc->free(svc);
}

static void a_call_cut_off_ends(void **state)
{
    bk__service *svc = NULL;
    fake f;
    (void)state;

    assert_int_equal(bk__svc_auth_new(&svc, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, "/moby.filesync.v1.Auth/Credentials"));
    fake_cancel(&f);
    assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
    svc->free(svc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_empty_and_no_error),
        cmocka_unit_test(tokens_are_not_implemented),
        cmocka_unit_test(a_call_cut_off_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

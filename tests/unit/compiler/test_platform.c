/* Platforms: all spellings of one are one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "eval.h"

static struct platform_case {
    const char *text, *normal; /* NULL: none */
} cases[] = {
    {"linux/amd64", "linux/amd64"},
    {"Linux/AMD64", "linux/amd64"},
    {"x86_64", "linux/amd64"},
    {"linux/x86-64", "linux/amd64"},
    {"linux/amd64/v1", "linux/amd64"},
    {"linux/amd64/v2", "linux/amd64/v2"},
    {"i386", "linux/386"},
    {"aarch64", "linux/arm64"},
    {"linux/arm64/v8", "linux/arm64"},
    {"linux/aarch64/v8", "linux/arm64"},
    {"linux/arm64/v9", "linux/arm64/v9"},
    {"linux/arm64/9.0", "linux/arm64/v9"},
    {"armhf", "linux/arm/v7"},
    {"armel", "linux/arm/v6"},
    {"linux/arm", "linux/arm/v7"},
    {"linux/arm/7", "linux/arm/v7"},
    {"linux/arm/v6", "linux/arm/v6"},
    {"riscv64", "linux/riscv64"},
    {"macos/arm64", "darwin/arm64"},
    {"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
    {"linux/unheard", "linux/unheard"},
    {"windows(10/amd64", NULL},
    {"windows()/amd64", NULL},
    {"linux/amd64,linux/arm64", NULL},
    {"linux/", NULL},
    {"/amd64", NULL},
    {"linux//v8", NULL},
    {"linux/a/b/c", NULL},
    {"linux/a/b/c/d/e", NULL},
    {"arm64/v8", NULL},
    {"linux/amd46", NULL},
    {"", NULL},
    {"linux", NULL},
    {"local", NULL},
    {"beos/amd64", NULL},
    {"linux/am\nd64", NULL},
};

static void check_platform(void **state)
{
    const struct platform_case *c = *state;
    llb__arena *a = llb__arena_new(1 << 20);
    llbc_diags *d = llbc_diags_new();
    const llbc__platform *p =
        llbc__platform_make(a, d, c->text, (llb_span){0, 0, 0});

    if (c->normal) {
        assert_non_null(p);
        assert_string_equal(p->text, c->normal);
        assert_int_equal(llbc_diags_count(d), 0);
    } else {
        assert_null(p);
        assert_int_equal(llbc_diags_n_errors(d), 1);
    }
    llbc_diags_free(d);
    llb__arena_free(a);
}

static void a_very_long_text_is_no_platform(void **state)
{
    char text[1000];
    llb__arena *a = llb__arena_new(1 << 20);
    llbc_diags *d = llbc_diags_new();

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_null(llbc__platform_make(a, d, text, (llb_span){0, 0, 0}));
    assert_int_equal(llbc_diags_n_errors(d), 1);
    llbc_diags_free(d);
    llb__arena_free(a);
}

int main(void)
{
    enum { N = sizeof(cases) / sizeof(cases[0]) };
    struct CMUnitTest tests[N + 1];

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].text,
                                       .test_func = check_platform,
                                       .initial_state = &cases[i]};
    tests[N] =
        (struct CMUnitTest)cmocka_unit_test(a_very_long_text_is_no_platform);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

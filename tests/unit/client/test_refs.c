/* Results and bundles: what is kept, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_alloc.h"

#include <llb/gateway.h>

#include <gateway.pb-c.h>

#include "sha256.h"
#include "wire.h"

/* A definition of one local source with these attributes, and its terminal. */
static llb_def *local_def(const char *name, const char *attr)
{
    uint8_t op[256], def[512];
    char text[LLB__DIGEST_LEN + 1];
    size_t n = 0, id_len = strlen(name) + 8, at;

    op[n++] = 3 << 3 | 2; /* source */
    at = n++;
    op[n++] = 1 << 3 | 2;
    op[n++] = (uint8_t)id_len;
    n += (size_t)sprintf((char *)op + n, "local://%s", name);
    if (attr) {
        op[n++] = 2 << 3 | 2;
        op[n++] = (uint8_t)(strlen(attr) + 5);
        op[n++] = 1 << 3 | 2;
        op[n++] = (uint8_t)strlen(attr);
        n += (size_t)sprintf((char *)op + n, "%s", attr);
        op[n++] = 2 << 3 | 2;
        op[n++] = 1;
        op[n++] = 'v';
    }
    op[at] = (uint8_t)(n - at - 1);
    llb__sha256 *sha = llb__sha256_new();
    uint8_t sum[32];
    assert_true(llb__sha256_sum(sha, op, n, sum));
    llb__digest_text(sum, text);
    llb__sha256_free(sha);
    size_t len = 0;
    def[len++] = 1 << 3 | 2;
    def[len++] = (uint8_t)n;
    memcpy(def + len, op, n);
    len += n;
    def[len++] = 1 << 3 | 2;
    def[len++] = 2 + 73;
    def[len++] = 1 << 3 | 2; /* input */
    def[len++] = 73;
    def[len++] = 1 << 3 | 2;
    def[len++] = 71;
    memcpy(def + len, text, 71);
    len += 71;
    llb_def *d;
    llb_error err = {0};
    llb_status st = llb_def_parse(def, len, 0, &d, &err);
    if (st != LLB_OK)
        print_message("%s\n", err.message);
    assert_int_equal(st, LLB_OK);
    return d;
}

static bk_refs *again(const bk_refs *refs)
{
    char *data;
    size_t len;
    bk_refs *out;
    llb_error err = {0};

    assert_int_equal(bk_refs_marshal(refs, &data, &len, &err), LLB_OK);
    assert_true(bk_refs_is_bundle(data, len));
    assert_int_equal(bk_refs_parse(data, len, &out, &err), LLB_OK);
    free(data);
    return out;
}

static void a_bundle_keeps_all_that_a_result_says(void **state)
{
    (void)state;
    llb_def *one = local_def("a", NULL), *two = local_def("b", NULL);
    bk_ref list[] = {{"linux/arm64", NULL, one}, {"linux/amd64", "id", two}};
    bk_meta meta[] = {{"containerimage.config/linux/amd64", "{}", 2},
                      {"bytes", "a\0b", 3}};
    bk_refs *refs, *read;
    llb_error err = {0};

    assert_int_equal(bk_refs_new(list, 2, true, meta, 2, &refs, &err), LLB_OK);
    read = again(refs);
    bk_refs_free(refs);
    assert_true(read->keyed);
    assert_int_equal(read->n, 2);
    /* in the order that was given, whatever the map's */
    assert_string_equal(read->list[0].platform, "linux/arm64");
    assert_string_equal(read->list[0].id, "");
    assert_string_equal(llb_def_digest(read->list[0].def), llb_def_digest(one));
    assert_string_equal(llb_def_digest(read->list[1].def), llb_def_digest(two));
    assert_string_equal(
        bk_refs_meta(read, "refs.platforms")->value,
        "{\"Platforms\":[{\"ID\":\"linux/arm64\",\"Platform\":{\"architecture\""
        ":\"arm64\",\"os\":\"linux\"}},{\"ID\":\"linux/amd64\",\"Platform\":{"
        "\"architecture\":\"amd64\",\"os\":\"linux\"}}]}");
    assert_int_equal(bk_refs_meta(read, "bytes")->len, 3);
    assert_memory_equal(bk_refs_meta(read, "bytes")->value, "a\0b", 4);
    assert_null(bk_refs_meta(read, "none"));
    bk_refs_free(read);
    llb_def_free(one);
    llb_def_free(two);
}

static void sessions_are_left_out_and_nothing_else(void **state)
{
    (void)state;
    llb_def *with = local_def("a", "local.session");
    llb_def *without = local_def("a", NULL);
    llb_def *other = local_def("a", "local.sharedkeyhint");
    bk_ref one = {"", NULL, with};
    bk_refs *refs, *read;

    assert_int_equal(bk_refs_new(&one, 1, false, NULL, 0, &refs, NULL), LLB_OK);
    read = again(refs);
    assert_string_equal(llb_def_digest(read->list[0].def),
                        llb_def_digest(without));
    bk_refs_free(read);
    bk_refs_free(refs);
    one.def = other;
    assert_int_equal(bk_refs_new(&one, 1, false, NULL, 0, &refs, NULL), LLB_OK);
    read = again(refs);
    assert_string_equal(llb_def_digest(read->list[0].def),
                        llb_def_digest(other));
    bk_refs_free(read);
    bk_refs_free(refs);
    llb_def_free(with);
    llb_def_free(without);
    llb_def_free(other);
}

static void an_empty_file_system_is_a_result(void **state)
{
    (void)state;
    llb_def *empty;
    bk_refs *refs, *read;

    assert_int_equal(llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &empty, NULL),
                     LLB_OK);
    bk_ref one = {"", NULL, empty};
    assert_int_equal(bk_refs_new(&one, 1, false, NULL, 0, &refs, NULL), LLB_OK);
    read = again(refs);
    assert_int_equal(llb_def_n_ops(read->list[0].def), 0);
    bk_refs_free(read);
    bk_refs_free(refs);
    llb_def_free(empty);
}

static void what_is_no_result_is_refused(void **state)
{
    (void)state;
    llb_def *def = local_def("a", NULL);
    bk_ref twice[] = {{"linux/amd64", NULL, def}, {"linux/amd64", NULL, def}};
    bk_ref odd[] = {{"linux", NULL, def},
                    {"linux/", NULL, def},
                    {"/amd64", NULL, def},
                    {"linux/arm/v7/x", NULL, def}};
    bk_refs *refs = NULL;
    llb_error err = {0};
    char *data;
    size_t len;

    assert_int_equal(bk_refs_new(twice, 2, true, NULL, 0, &refs, &err),
                     LLB_EINVAL);
    assert_non_null(strstr(err.message, "linux/amd64 is there twice"));
    assert_int_equal(bk_refs_new(twice, 2, false, NULL, 0, &refs, &err),
                     LLB_EINVAL);
    assert_int_equal(bk_refs_new(twice, 0, true, NULL, 0, &refs, &err),
                     LLB_EINVAL);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(bk_refs_new(&odd[i], 1, true, NULL, 0, &refs, &err),
                         LLB_EINVAL);
        assert_non_null(strstr(err.message, odd[i].platform));
    }
    bk_ref unknown = {"", "id", NULL};
    assert_int_equal(bk_refs_new(&unknown, 1, false, NULL, 0, &refs, &err),
                     LLB_OK);
    assert_int_equal(bk_refs_marshal(refs, &data, &len, &err), LLB_EINVAL);
    bk_refs_free(refs);
    llb_def_free(def);
}

/* Bytes that a bundle's reader must refuse without a crash. */
static void hostile_bundles_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        size_t len;
        const char *says;
    } cases[] = {
        {"nothing", "", 0, "no bundle"},
        {"a definition", "\x0a\x01x", 3, "no bundle"},
        {"cut short", "\x1a\x05x", 3, "no bundle"},
        {"id of a build", "\x1a\x03\x0a\x01i", 5, "is over"},
        {"no definition in it", "\x1a\x05\x12\x03\x0a\x01x", 7, "definition"},
        {"a map of none", "\x22\x00", 2, "0 refs"},
        {"an old form", "\x1a\x00\x12\x00", 4, "before BuildKit"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bk_refs *refs = NULL;
        llb_error err = {0};
        llb_status st =
            bk_refs_parse(cases[i].bytes, cases[i].len, &refs, &err);
        if (st != LLB_EINVAL && st != LLB_EUNSUPPORTED)
            print_message("%s: %d %s\n", cases[i].name, st, err.message);
        assert_true(st == LLB_EINVAL || st == LLB_EUNSUPPORTED);
        if (!strstr(err.message, cases[i].says))
            print_message("%s: %s\n", cases[i].name, err.message);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_null(refs);
    }
}

/* Each allocation in turn fails (but for protobuf-c's, which are its own). */
static void bundles_fail_cleanly_without_memory(void **state)
{
    (void)state;
    llb_def *def = local_def("a", "local.session");
    enum { BIG = 100000 }; /* each with an allocation of its own */
    char *big = malloc(BIG);
    memset(big, 'a', BIG);
    memcpy(big, "linux/", 6);
    big[BIG - 1] = '\0';
    bk_ref list[] = {{"linux/amd64", NULL, def}, {big, NULL, def}};
    bk_meta meta[] = {{"containerimage.config/linux/amd64", big, BIG},
                      {big, "{}", 2}};

    for (long n = 0;; n++) {
        bk_refs *refs = NULL, *read = NULL;
        char *data = NULL;
        size_t len;
        fail_alloc_at(n);
        llb_status st = bk_refs_new(list, 2, true, meta, 2, &refs, NULL);
        if (st == LLB_OK)
            st = bk_refs_marshal(refs, &data, &len, NULL);
        if (st == LLB_OK)
            st = bk_refs_parse(data, len, &read, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        bk_refs_free(refs);
        bk_refs_free(read);
        free(data);
        if (!failed)
            break;
    }
    free(big);
    llb_def_free(def);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_keeps_all_that_a_result_says),
        cmocka_unit_test(sessions_are_left_out_and_nothing_else),
        cmocka_unit_test(an_empty_file_system_is_a_result),
        cmocka_unit_test(what_is_no_result_is_refused),
        cmocka_unit_test(hostile_bundles_are_refused),
        cmocka_unit_test(bundles_fail_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

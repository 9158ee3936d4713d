/* Tests of the file transfer messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"

static llb__bytes bytes(const char *s)
{
    return (llb__bytes){(const uint8_t *)s, strlen(s)};
}

static void assert_bytes(llb__bytes got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.data, want, got.len);
}

static void a_stat_survives_the_wire(void **state)
{
    bk__xattr xattrs[] = {{bytes("user.note"), {(uint8_t *)"a\0b", 3}},
                          {bytes("user.empty"), {NULL, 0}}};
    bk__packet p = {.has_stat = true,
                    .id = 7,
                    .stat = {.path = bytes("d/\xff\n"),
                             .mode = BK__MODE_DIR | BK__MODE_STICKY | 0755,
                             .uid = 1,
                             .gid = UINT32_MAX,
                             .size = INT64_MAX,
                             .mod_time = -1,
                             .linkname = bytes("../x"),
                             .devmajor = 3,
                             .devminor = -4,
                             .xattrs = xattrs,
                             .n_xattrs = 2}};
    bk__packet_reader r = {NULL, 0};
    llb__buf b = LLB__BUF_INIT;
    bk__packet q;
    (void)state;

    bk__packet_marshal(&p, &b);
    assert_null(
        bk__packet_parse(&r, (llb__bytes){(uint8_t *)b.data, b.len}, &q));
    assert_int_equal(q.type, BK__PACKET_STAT);
    assert_true(q.has_stat);
    assert_int_equal(q.id, 7);
    assert_bytes(q.stat.path, "d/\xff\n");
    assert_int_equal(q.stat.mode, p.stat.mode);
    assert_int_equal(q.stat.uid, 1);
    assert_int_equal(q.stat.gid, UINT32_MAX);
    assert_true(q.stat.size == INT64_MAX);
    assert_true(q.stat.mod_time == -1);
    assert_bytes(q.stat.linkname, "../x");
    assert_true(q.stat.devmajor == 3 && q.stat.devminor == -4);
    assert_int_equal(q.stat.n_xattrs, 2);
    assert_bytes(q.stat.xattrs[0].name, "user.note");
    assert_int_equal(q.stat.xattrs[0].value.len, 3);
    assert_bytes(q.stat.xattrs[1].name, "user.empty");
    assert_int_equal(q.stat.xattrs[1].value.len, 0);
    llb__buf_clear(&b);
    bk__packet_reader_clear(&r);
}

/* The bytes that BuildKit's own encoder gives. */
static void packets_have_their_known_bytes(void **state)
{
    static const struct {
        bk__packet packet;
        const char *bytes;
        size_t len;
    } rows[] = {
        {{.type = BK__PACKET_STAT}, "", 0},
        {{.type = BK__PACKET_STAT, .has_stat = true}, "\x12\x00", 2},
        {{.type = BK__PACKET_REQ, .id = 300}, "\x08\x01\x18\xac\x02", 5},
        {{.type = BK__PACKET_FIN}, "\x08\x03", 2},
        {{.type = BK__PACKET_ERR, .data = {(const uint8_t *)"no", 2}},
         "\x08\x04\x22\x02no",
         6},
        {{.has_stat = true,
          .stat = {.path = {(const uint8_t *)"a", 1}, .mode = 0644}},
         "\x12\x06\x0a\x01"
         "a\x10\xa4\x03",
         8},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        llb__buf b = LLB__BUF_INIT;
        bk__packet_marshal(&rows[i].packet, &b);
        assert_int_equal(b.len, rows[i].len);
        assert_memory_equal(b.len ? b.data : "", rows[i].bytes, b.len);
        llb__buf_clear(&b);
    }
}

static void data_heads_fit_their_data(void **state)
{
    uint8_t out[BK__DATA_HEAD_MAX + 8];
    bk__packet_reader r = {NULL, 0};
    bk__packet p;
    (void)state;

    size_t n = bk__packet_data_head(UINT32_MAX, 3, out);
    memcpy(out + n, "xyz", 3);
    assert_null(bk__packet_parse(&r, (llb__bytes){out, n + 3}, &p));
    assert_int_equal(p.type, BK__PACKET_DATA);
    assert_int_equal(p.id, UINT32_MAX);
    assert_bytes(p.data, "xyz");
    n = bk__packet_data_head(0, 0, out);
    assert_null(bk__packet_parse(&r, (llb__bytes){out, n}, &p));
    assert_int_equal(p.data.len, 0);
    assert_true(bk__packet_data_head(UINT32_MAX, SIZE_MAX, out) <=
                BK__DATA_HEAD_MAX);
}

static void broken_messages_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"\x08", 1},     /* no value */
        {"\x08\x05", 2}, /* type 5 */
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12},
        {"\x0a\x01\x00", 3},     /* type as bytes */
        {"\x10\x01", 2},         /* stat as a number */
        {"\x12\x05\x0a", 3},     /* shorter than it says */
        {"\x12\x02\x08\x01", 4}, /* path as a number */
        {"\x12\x02\x52\x05", 4}, /* xattr beyond its stat */
        {"\x22\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10},
        {"\x0b\x0c", 2}, /* a group */
        {"\x00\x00", 2}, /* field 0 */
        {"\x2d\x01", 2}, /* fixed32, cut */
    };
    bk__packet_reader r = {NULL, 0};
    bk__packet p;
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        llb__bytes m = {(const uint8_t *)rows[i].bytes, rows[i].len};
        assert_non_null(bk__packet_parse(&r, m, &p));
    }
    bk__packet_reader_clear(&r);
}

static void unknown_fields_are_skipped(void **state)
{
    static const char m[] = "\x08\x01\x28\x05\x32\x01x\x3d"
                            "abcd\x41"
                            "abcdefgh\x18\x09";
    bk__packet_reader r = {NULL, 0};
    bk__packet p;
    (void)state;

    assert_null(bk__packet_parse(
        &r, (llb__bytes){(const uint8_t *)m, sizeof m - 1}, &p));
    assert_int_equal(p.type, BK__PACKET_REQ);
    assert_int_equal(p.id, 9);
}

static void attributes_are_bounded(void **state)
{
    llb__buf stat = LLB__BUF_INIT, b = LLB__BUF_INIT;
    bk__packet_reader r = {NULL, 0};
    bk__packet p;
    (void)state;

    for (int i = 0; i < 5000; i++)
        llb__buf_add(&stat, "\x52\x00", 2);
    llb__buf_add(&b, "\x12\x90\x4e", 3); /* 10000 bytes */
    llb__buf_add(&b, stat.data, stat.len);
    assert_non_null(
        bk__packet_parse(&r, (llb__bytes){(uint8_t *)b.data, b.len}, &p));
    llb__buf_clear(&stat);
    llb__buf_clear(&b);
    bk__packet_reader_clear(&r);
}

static void every_cut_of_a_message_is_safe(void **state)
{
    static const char m[] = "\x08\x02\x12\x0b\x0a\x01p\x52\x06\x0a\x01k\x12"
                            "\x01v\x18\x03\x22\x02zz";
    (void)state;

    for (size_t len = 0; len < sizeof m; len++) {
        uint8_t *copy = malloc(len + 1); /* so that ASan sees the end */
        bk__packet_reader r = {NULL, 0};
        bk__packet p;
        uint8_t *exact = realloc(copy, len ? len : 1);
        memcpy(exact, m, len);
        bk__packet_parse(&r, (llb__bytes){exact, len}, &p);
        bk__packet_reader_clear(&r);
        free(exact);
    }
}

static void field_one_is_found(void **state)
{
    llb__bytes v;
    (void)state;

    assert_true(bk__field1_parse(
        (llb__bytes){(const uint8_t *)"\x0a\x02hi\x12\x00", 6}, &v));
    assert_bytes(v, "hi");
    assert_true(bk__field1_parse((llb__bytes){NULL, 0}, &v));
    assert_null(v.data);
    assert_false(
        bk__field1_parse((llb__bytes){(const uint8_t *)"\x0a\x05h", 3}, &v));
    assert_false(
        bk__field1_parse((llb__bytes){(const uint8_t *)"\x08\x05", 2}, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stat_survives_the_wire),
        cmocka_unit_test(packets_have_their_known_bytes),
        cmocka_unit_test(data_heads_fit_their_data),
        cmocka_unit_test(broken_messages_are_refused),
        cmocka_unit_test(unknown_fields_are_skipped),
        cmocka_unit_test(attributes_are_bounded),
        cmocka_unit_test(every_cut_of_a_message_is_safe),
        cmocka_unit_test(field_one_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What may be unpacked, and what may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <control.pb-c.h>

#include "bounds.h"
#include "wire.h"

static const ProtobufCMessageDescriptor *status =
    &bk__control__status_response__descriptor;

static struct wire_case {
    const char *name;
    const char *bytes;
    size_t len;
    const char *wrong; /* part of what is said; NULL: it is fine */
} cases[] = {
#define BYTES(s) s, sizeof(s) - 1
    {"nothing is a message", BYTES(""), NULL},
    {"a vertex with a digest", BYTES("\x0a\x03\x0a\x01x"), NULL},
    {"a field we do not know", BYTES("\x7a\x02xy"), NULL},
    {"a number we do not know", BYTES("\x78\x96\x01"), NULL},
    {"fixed numbers",
     BYTES("\x79"
           "12345678"
           "\x7d"
           "1234"),
     NULL},
    {"a length past the end", BYTES("\x0a\x05\x0a\x01x"), "cut short"},
    {"a length past the end within", BYTES("\x0a\x03\x0a\x02x"), "cut short"},
    {"a length that overflows",
     BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "cut short"},
    {"a tag without end", BYTES("\x8a"), "no number"},
    {"a tag of eleven bytes",
     BYTES("\x8a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), "no number"},
    {"field number zero", BYTES("\x02\x00"), "no number"},
    {"a group", BYTES("\x0b\x0c"), "unknown form"},
    {"a number cut short", BYTES("\x78\x96"), "a number is cut short"},
    {"a fixed number cut short",
     BYTES("\x79"
           "1234"),
     "a number is cut short"},
    /* Vertex.started is singular: protobuf-c would merge the two. */
    {"a singular message twice", BYTES("\x0a\x04\x2a\x00\x2a\x00"),
     "given twice"},
    {"a repeated message twice", BYTES("\x0a\x00\x0a\x00"), NULL},
};

static void check_case(void **state)
{
    const struct wire_case *c = *state;
    const char *wrong =
        bk__wire_check(status, (llb__bytes){(const uint8_t *)c->bytes, c->len});

    if (c->wrong) {
        assert_non_null(wrong);
        assert_non_null(strstr(wrong, c->wrong));
    } else {
        assert_null(wrong);
    }
}

/* levels definitions within each other, as a source file's definition may
 * be: Definition.Source(3).infos(2).definition(3). From the inside out. */
static uint8_t *nest(size_t levels, size_t *ret_len)
{
    size_t cap = levels * 12 + 16, len = 0;
    uint8_t *b = malloc(cap), *start = b + cap;

    assert_non_null(b);
    for (size_t i = 0; i < levels; i++) {
        uint8_t head[11];
        head[0] = (levels - 1 - i) % 3 == 1 ? 0x12 : 0x1a;
        size_t n = 1 + bk__varint(len, head + 1);
        start -= n;
        memcpy(start, head, n);
        len += n;
    }
    memmove(b, start, len);
    *ret_len = len;
    return b;
}

static void nesting_is_bounded(void **state)
{
    size_t len;
    uint8_t *deep = nest(100000, &len);

    (void)state;
    const char *wrong = bk__wire_check(&bk__pb__definition__descriptor,
                                       (llb__bytes){deep, len});
    assert_non_null(wrong);
    assert_non_null(strstr(wrong, "nested"));
    free(deep);

    uint8_t *fine = nest(LLB__MAX_NESTING - 1, &len);
    assert_null(bk__wire_check(&bk__pb__definition__descriptor,
                               (llb__bytes){fine, len}));
    ProtobufCMessage *m;
    assert_int_equal(bk__unpack(&bk__pb__definition__descriptor,
                                (llb__bytes){fine, len}, "definition", &m,
                                NULL),
                     LLB_OK);
    bk__free(m);
    free(fine);
}

/* Two bytes on the wire are a whole struct in memory. */
static void memory_is_bounded(void **state)
{
    size_t len = LLB__MAX_MESSAGE;
    uint8_t *many = malloc(len);

    (void)state;
    assert_non_null(many);
    for (size_t i = 0; i < len; i += 2) {
        many[i] = 0x0a;
        many[i + 1] = 0;
    }
    const char *wrong = bk__wire_check(status, (llb__bytes){many, len});
    assert_non_null(wrong);
    assert_non_null(strstr(wrong, "memory"));
    free(many);
}

static void a_bytes_message_is_read_in_place(void **state)
{
    static const uint8_t good[] = {0x0a, 3, 'a', 'b', 'c'};
    static const uint8_t other[] = {0x12, 1, 'a'};
    static const uint8_t cut[] = {0x0a, 9, 'a'};
    llb__bytes data;

    (void)state;
    assert_true(bk__wire_bytes_message((llb__bytes){good, sizeof good}, &data));
    assert_int_equal(data.len, 3);
    assert_ptr_equal(data.data, good + 2);
    assert_true(bk__wire_bytes_message((llb__bytes){good, 0}, &data));
    assert_int_equal(data.len, 0);
    assert_false(
        bk__wire_bytes_message((llb__bytes){other, sizeof other}, &data));
    assert_false(bk__wire_bytes_message((llb__bytes){cut, sizeof cut}, &data));
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases, M = 3 };
    struct CMUnitTest tests[M + N] = {
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(a_bytes_message_is_read_in_place),
    };

    for (size_t i = 0; i < N; i++)
        tests[M + i] = (struct CMUnitTest){.name = cases[i].name,
                                           .test_func = check_case,
                                           .initial_state = &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

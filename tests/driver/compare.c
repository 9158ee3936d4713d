/* What came out against what Go's client makes. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

static void hex_of(const unsigned char *data, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        sprintf(out + 2 * i, "%02x", data[i]);
    out[2 * len] = '\0';
}

/* "sha256:..." of bytes, by libcrypto and not by the library under test. */
static void digest_of(const unsigned char *data, size_t len, char out[72])
{
    unsigned char sum[SHA256_DIGEST_LENGTH];

    SHA256(data, len, sum);
    strcpy(out, "sha256:");
    hex_of(sum, sizeof sum, out + 7);
}

static int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

static unsigned char *bytes_of(struct play *p, const char *hex, size_t *ret_len)
{
    size_t len = strlen(hex) / 2;
    unsigned char *out = play_alloc(p, len, 1);

    for (size_t i = 0; i < len; i++)
        out[i] =
            (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    *ret_len = len;
    return out;
}

/* A definition's JSON; kept until the end of the play. */
static json_t *json_of(struct play *p, const llb_def *d)
{
    llb_error err = {0};
    char *text;

    if (llb_def_print(d, LLB_DEF_JSON, &text, NULL, &err) != LLB_OK)
        play_fail(p, "printing: %s", err.message);
    json_t *j = json_loads(text, JSON_ALLOW_NUL, NULL);
    free(text);
    if (!j)
        play_fail(p, "printing gave no JSON");
    json_array_append_new(p->kept, j);
    return j;
}

/* The definition that should have come out. */
static json_t *expected_json(struct play *p, const char *hex)
{
    llb_def *d = NULL;
    llb_error err = {0};
    size_t len;
    unsigned char *bytes = bytes_of(p, hex, &len);

    if (llb_def_parse(bytes, len, LLB_DEF_EMPTY_OK, &d, &err) != LLB_OK)
        play_fail(p, "the golden definition: %s", err.message);
    json_t *j = json_of(p, d);
    llb_def_free(d);
    return j;
}

static void fail_values(struct play *p, const char *where, const char *path,
                        json_t *got, json_t *want)
{
    char *g = got ? json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    char *w = want ? json_dumps(want, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    char g_text[256], w_text[256];

    snprintf(g_text, sizeof g_text, "%s", g ? g : "absent");
    snprintf(w_text, sizeof w_text, "%s", w ? w : "absent");
    free(g);
    free(w);
    play_fail(p, "%s: %s is %s and should be %s", where,
              *path ? path : "the whole", g_text, w_text);
}

static void compare_json(struct play *p, const char *where, const char *path,
                         json_t *got, json_t *want);

static void compare_objects(struct play *p, const char *where, const char *path,
                            json_t *got, json_t *want)
{
    char sub[512];
    const char *key;
    json_t *v;

    json_object_foreach(want, key, v)
    {
        snprintf(sub, sizeof sub, "%s%s%s", path, *path ? "." : "", key);
        compare_json(p, where, sub, json_object_get(got, key), v);
    }
    json_object_foreach(got, key, v)
    {
        if (json_object_get(want, key))
            continue;
        snprintf(sub, sizeof sub, "%s%s%s", path, *path ? "." : "", key);
        fail_values(p, where, sub, v, NULL);
    }
}

/* Fails at the first member that differs. */
static void compare_json(struct play *p, const char *where, const char *path,
                         json_t *got, json_t *want)
{
    char sub[512];

    if (got && json_equal(got, want))
        return;
    if (json_is_object(got) && json_is_object(want))
        compare_objects(p, where, path, got, want);
    else if (json_is_array(got) && json_is_array(want) &&
             json_array_size(got) == json_array_size(want))
        for (size_t i = 0; i < json_array_size(want); i++) {
            snprintf(sub, sizeof sub, "%s[%zu]", path, i);
            compare_json(p, where, sub, json_array_get(got, i),
                         json_array_get(want, i));
        }
    fail_values(p, where, path, got, want);
}

static size_t first_difference(const unsigned char *a, size_t a_len,
                               const unsigned char *b, size_t b_len)
{
    size_t i = 0;

    while (i < a_len && i < b_len && a[i] == b[i])
        i++;
    return i;
}

/* The op's own fields tell more than the digests that they change. */
static void compare_members(struct play *p, const char *where, json_t *got,
                            json_t *want)
{
    static const char *const members[] = {"kind", "op", "inputs"};

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        compare_json(p, where, members[i], json_object_get(got, members[i]),
                     json_object_get(want, members[i]));
}

/* Op i: the bytes first, and if they differ, by name of the field. */
static void compare_op(struct play *p, const llb_def *d, size_t i, json_t *want,
                       json_t *got_json, json_t *want_json)
{
    llb_def_op op = llb_def_op_at(d, i);
    const char *kind = json_string_value(json_object_get(want, "kind"));
    const char *digest = json_string_value(json_object_get(want, "digest"));
    char where[96], sum[72];
    size_t len;
    unsigned char *bytes =
        bytes_of(p, json_string_value(json_object_get(want, "hex")), &len);

    snprintf(where, sizeof where, "op %zu (%s)", i, kind);
    if (op.len != len || memcmp(op.data, bytes, len) != 0) {
        compare_members(p, where, json_array_get(got_json, i),
                        json_array_get(want_json, i));
        play_fail(p,
                  "%s: the bytes differ from offset %zu on, and no field does",
                  where, first_difference(op.data, op.len, bytes, len));
    }
    digest_of(op.data, op.len, sum);
    if (strcmp(sum, digest) != 0 || strcmp(op.digest, digest) != 0)
        play_fail(p, "%s: the digest is %s, by our count %s, and should be %s",
                  where, op.digest, sum, digest);
    if (strcmp(llb_op_kind_name(op.kind), kind) != 0)
        play_fail(p, "%s: the kind is %s", where, llb_op_kind_name(op.kind));
}

static void compare_bytes(struct play *p, const llb_def *d)
{
    size_t len, want_len;
    const uint8_t *got = llb_def_bytes(d, &len);
    const char *hex =
        json_string_value(json_object_get(p->scenario, "definition"));
    const char *sum =
        json_string_value(json_object_get(p->scenario, "definition_sha256"));
    unsigned char *want = bytes_of(p, hex, &want_len);
    char digest[72];

    if (len != want_len || memcmp(got, want, len) != 0)
        play_fail(p,
                  "the definition differs from byte %zu on (%zu bytes, should "
                  "be %zu)",
                  first_difference(got, len, want, want_len), len, want_len);
    digest_of(got, len, digest);
    if (strcmp(digest, sum) != 0)
        play_fail(p, "the definition's digest is %s and should be %s", digest,
                  sum);
}

static bool same_bytes(struct play *p, const llb_def *d)
{
    size_t len, want_len;
    const uint8_t *got = llb_def_bytes(d, &len);
    unsigned char *want = bytes_of(
        p, json_string_value(json_object_get(p->scenario, "definition")),
        &want_len);

    return len == want_len && memcmp(got, want, len) == 0;
}

void compare(struct play *p, const llb_def *d, bool bytes_do)
{
    if (bytes_do && same_bytes(p, d))
        return;
    json_t *s = p->scenario, *ops = json_object_get(s, "ops");
    json_t *got = json_of(p, d);
    json_t *want =
        expected_json(p, json_string_value(json_object_get(s, "definition")));
    size_t n = llb_def_n_ops(d), n_want = json_array_size(ops);

    for (size_t i = 0; i < n && i < n_want; i++)
        compare_op(p, d, i, json_array_get(ops, i), json_object_get(got, "ops"),
                   json_object_get(want, "ops"));
    if (n != n_want)
        play_fail(p, "%zu ops, should be %zu", n, n_want);
    compare_json(p, "metadata", "", json_object_get(got, "metadata"),
                 json_object_get(s, "metadata"));
    compare_json(p, "source", "", json_object_get(got, "source"),
                 json_object_get(s, "source"));
    compare_bytes(p, d);
}

/* Tests of the content store service and of the indexes beside its blobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <content.pb-c.h>

#include "fake_stream.h"
#include "svc_content.h"
#include "svc_content_index.h"
#include "tree.h"
#include "wire.h"

#define CONTENT "/containerd.services.content.v1.Content/"
/* SHA-256 of "hello" */
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

/* A folder "in" that is only read, and "out" that is written. */
struct stores {
    char *dir, *in, *out;
    bk__service *svc;
};

static void setup(struct stores *s, const char *made)
{
    s->dir = tree_new();
    tree_make(s->dir, made);
    assert_true(asprintf(&s->in, "%s/in", s->dir) > 0);
    assert_true(asprintf(&s->out, "%s/new/out", s->dir) > 0);
    bk__store list[] = {{"oci:in", s->in, false}, {"local:out", s->out, true}};
    assert_int_equal(bk__svc_content_new(list, 2, &s->svc, NULL), LLB_OK);
}

static void teardown(struct stores *s)
{
    if (s->svc)
        s->svc->free(s->svc);
    free(s->in);
    free(s->out);
    tree_free(s->dir);
}

/* The service may have refused the call before it read anything. */
static void put(fake *f, const ProtobufCMessage *m)
{
    uint8_t *data;
    size_t len;

    assert_int_equal(bk__pack(m, &data, &len, NULL), LLB_OK);
    fake_put(f, data, len);
    free(data);
}

static void begin(fake *f, struct stores *s, const char *method,
                  const char *store)
{
    fake_init(f);
    if (store)
        fake_meta(f, "buildkit-attachable-store-id", store);
    assert_true(fake_start(f, s->svc, method));
}

/* ---- reading ---- */

/* All that a Read gives; its status is in *ret. */
static char *read_blob(struct stores *s, const char *store, char *digest,
                       int64_t offset, int64_t size, bk__rpc_status *ret)
{
    Bk__Content__ReadContentRequest r = BK__CONTENT__READ_CONTENT_REQUEST__INIT;
    fake f;
    llb__bytes m;
    ProtobufCMessage *out;
    char *all = calloc(1, 1024);
    size_t len = 0;

    r.digest = digest;
    r.offset = offset;
    r.size = size;
    begin(&f, s, CONTENT "Read", store);
    put(&f, &r.base);
    while (fake_get(&f, &m)) {
        assert_int_equal(
            bk__unpack(&bk__content__read_content_response__descriptor, m, "x",
                       &out, NULL),
            LLB_OK);
        ProtobufCBinaryData d = ((Bk__Content__ReadContentResponse *)out)->data;
        assert_true(len + d.len < 1024);
        memcpy(all + len, d.data, d.len);
        len += d.len;
        bk__free(out);
    }
    *ret = fake_end(&f);
    return all;
}

static void reads_blobs_and_nothing_else(void **state)
{
    static struct {
        const char *store;
        char *digest;
        int64_t offset, size;
        int code;
        const char *text;
    } cases[] = {
        {"oci:in", "sha256:" HELLO, 0, 0, BK__RPC_OK, "hello"},
        {"oci:in", "sha256:" HELLO, 1, 3, BK__RPC_OK, "ell"},
        {"oci:in", "sha256:" HELLO, 3, 99, BK__RPC_OK, "lo"},
        {"oci:in", "sha256:" HELLO, 5, 0, BK__RPC_OK, ""},
        {"oci:in", "sha256:" HELLO, 6, 0, BK__RPC_OUT_OF_RANGE, ""},
        {"oci:in", "sha256:" HELLO, -1, 0, BK__RPC_OUT_OF_RANGE, ""},
        {"local:out", "sha256:" HELLO, 0, 0, BK__RPC_NOT_FOUND, ""},
        {"oci:other", "sha256:" HELLO, 0, 0, BK__RPC_NOT_FOUND, ""},
        {NULL, "sha256:" HELLO, 0, 0, BK__RPC_INVALID_ARGUMENT, ""},
        {"oci:in", "", 0, 0, BK__RPC_INVALID_ARGUMENT, ""},
        {"oci:in", "sha256:../../../secret", 0, 0, BK__RPC_INVALID_ARGUMENT,
         ""},
        {"oci:in", "sha256:1" HELLO, 0, 0, BK__RPC_INVALID_ARGUMENT, ""},
        {"oci:in", "md5:0123", 0, 0, BK__RPC_INVALID_ARGUMENT, ""},
        /* a symlink to a file outside of the folder */
        {"oci:in",
         "sha256:"
         "0000000000000000000000000000000000000000000000000000000000000000",
         0, 0, BK__RPC_UNKNOWN, ""},
    };
    struct stores s;
    bk__rpc_status st;
    (void)state;

    setup(&s, "secret in/ in/blobs/ in/blobs/sha256/ "
              "in/blobs/sha256/0000000000000000000000000000000000000000000000"
              "000000000000000000>../../../secret");
    tree_file(s.dir, "in/blobs/sha256/" HELLO, "hello");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = read_blob(&s, cases[i].store, cases[i].digest,
                               cases[i].offset, cases[i].size, &st);
        assert_int_equal(st.code, cases[i].code);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
    teardown(&s);
}

static void tells_the_size_of_a_blob(void **state)
{
    Bk__Content__InfoRequest r = BK__CONTENT__INFO_REQUEST__INIT;
    struct stores s;
    fake f;
    llb__bytes m;
    ProtobufCMessage *out;
    (void)state;

    setup(&s, "in/ in/blobs/ in/blobs/sha256/");
    tree_file(s.dir, "in/blobs/sha256/" HELLO, "hello");
    begin(&f, &s, CONTENT "Info", "oci:in");
    r.digest = "sha256:" HELLO;
    put(&f, &r.base);
    assert_true(fake_get(&f, &m));
    assert_int_equal(
        bk__unpack(&bk__content__info_response__descriptor, m, "x", &out, NULL),
        LLB_OK);
    const Bk__Content__Info *info = ((Bk__Content__InfoResponse *)out)->info;
    assert_int_equal(info->size, 5);
    assert_string_equal(info->digest, "sha256:" HELLO);
    bk__free(out);
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    teardown(&s);
}

/* ---- writing ---- */

enum { STAT, WRITE, COMMIT };

/* One message of Write; true and the offset of the answer if one came. */
static bool say(fake *f, int action, char *ref, int64_t offset, char *text,
                char *expected, int64_t total, int64_t *ret_offset)
{
    Bk__Content__WriteContentRequest r =
        BK__CONTENT__WRITE_CONTENT_REQUEST__INIT;
    llb__bytes m;
    ProtobufCMessage *out;

    r.action = (Bk__Content__WriteAction)action;
    r.ref = ref;
    r.offset = offset;
    r.total = total;
    r.expected = expected;
    r.data = (ProtobufCBinaryData){strlen(text), (uint8_t *)text};
    put(f, &r.base);
    if (!fake_get(f, &m))
        return false;
    assert_int_equal(
        bk__unpack(&bk__content__write_content_response__descriptor, m, "x",
                   &out, NULL),
        LLB_OK);
    const Bk__Content__WriteContentResponse *w =
        (const Bk__Content__WriteContentResponse *)out;
    assert_int_equal(w->action, action);
    if (action == COMMIT)
        assert_string_equal(w->digest, "sha256:" HELLO);
    *ret_offset = w->offset;
    bk__free(out);
    return true;
}

static char *blob_of(struct stores *s)
{
    static char path[8192];

    snprintf(path, sizeof path, "%s/blobs/sha256/" HELLO, s->out);
    return path;
}

/* How many files lie beside the blobs. */
static size_t n_files(struct stores *s)
{
    size_t n = 0;
    char path[8192];

    snprintf(path, sizeof path, "%s/blobs/sha256", s->out);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;)
        n += e->d_type != DT_DIR;
    if (d)
        closedir(d);
    return n;
}

static void a_blob_gets_its_name_when_it_is_complete(void **state)
{
    struct stores s;
    fake f;
    int64_t at;
    (void)state;

    setup(&s, "in/");
    begin(&f, &s, CONTENT "Write", "local:out");
    assert_true(say(&f, STAT, "r", 0, "", "sha256:" HELLO, 5, &at));
    assert_int_equal(at, 0);
    assert_true(say(&f, WRITE, "r", 0, "hxx", "", 0, &at));
    assert_true(say(&f, WRITE, "r", 0, "hel", "", 0, &at)); /* starts anew */
    assert_int_equal(at, 3);
    assert_int_not_equal(access(blob_of(&s), F_OK), 0);
    assert_true(say(&f, WRITE, "r", 3, "lo", "", 0, &at));
    assert_true(say(&f, COMMIT, "r", 5, "", "sha256:" HELLO, 5, &at));
    assert_int_equal(fake_end(&f).code, BK__RPC_OK);
    assert_int_equal(access(blob_of(&s), R_OK), 0);
    assert_int_equal(n_files(&s), 1);
    assert_string_equal(bk__svc_content_last(s.svc, 1), "sha256:" HELLO);

    begin(&f, &s, CONTENT "Write", "local:out");
    assert_false(say(&f, STAT, "r", 0, "", "sha256:" HELLO, 5, &at));
    assert_int_equal(fake_end(&f).code, BK__RPC_ALREADY_EXISTS);

    bk__svc_content_commit(s.svc, 1);
    s.svc->free(s.svc);
    s.svc = NULL;
    assert_int_equal(access(blob_of(&s), R_OK), 0);
    teardown(&s);
}

static void refuses_to_write(void **state)
{
    static struct {
        const char *store;
        char *ref, *text, *expected;
        int64_t offset, total;
        int code;
    } cases[] = {
        {"oci:in", "r", "hello", "", 0, 5, BK__RPC_FAILED_PRECONDITION},
        {"local:out", "", "hello", "", 0, 5, BK__RPC_INVALID_ARGUMENT},
        {"local:out", "r", "hello", "sha256:x", 0, 5, BK__RPC_INVALID_ARGUMENT},
        {"local:out", "r", "hellO", "sha256:" HELLO, 0, 5,
         BK__RPC_FAILED_PRECONDITION},
        {"local:out", "r", "hell", "sha256:" HELLO, 0, 5,
         BK__RPC_FAILED_PRECONDITION},
        {"local:out", "r", "hello!", "sha256:" HELLO, 0, 5,
         BK__RPC_FAILED_PRECONDITION},
        {"local:out", "r", "hello", "", 7, 0, BK__RPC_OUT_OF_RANGE},
        {"local:out", "r", "hello", "", -1, 0, BK__RPC_OUT_OF_RANGE},
    };
    struct stores s;
    fake f;
    int64_t at;
    (void)state;

    setup(&s, "in/");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&f, &s, CONTENT "Write", cases[i].store);
        assert_false(say(&f, COMMIT, cases[i].ref, cases[i].offset,
                         cases[i].text, cases[i].expected, cases[i].total,
                         &at));
        assert_int_equal(fake_end(&f).code, cases[i].code);
        assert_int_equal(n_files(&s), 0);
    }
    assert_int_equal(bk__svc_content_failed(s.svc, NULL), LLB_OK);
    s.svc->free(s.svc);
    s.svc = NULL;
    /* nothing was kept, so the folders that were made are gone too */
    assert_int_not_equal(access(tree_path(s.dir, "new"), F_OK), 0);
    teardown(&s);
}

static void one_writer_at_a_time_has_a_ref(void **state)
{
    struct stores s;
    fake a, b;
    int64_t at;
    (void)state;

    setup(&s, "in/");
    begin(&a, &s, CONTENT "Write", "local:out");
    assert_true(say(&a, WRITE, "r", 0, "hel", "", 0, &at));
    begin(&b, &s, CONTENT "Write", "local:out");
    assert_false(say(&b, STAT, "r", 0, "", "", 0, &at));
    assert_int_equal(fake_end(&b).code, BK__RPC_UNAVAILABLE);
    begin(&b, &s, CONTENT "Write", "local:out");
    assert_true(say(&b, STAT, "other", 0, "", "", 0, &at));
    fake_half_close(&b);
    assert_int_equal(fake_end(&b).code, BK__RPC_OK);
    fake_cancel(&a);
    assert_int_equal(fake_end(&a).code, BK__RPC_CANCELED);
    assert_int_equal(n_files(&s), 0);
    begin(&b, &s, CONTENT "Write", "local:out");
    assert_true(say(&b, STAT, "r", 0, "", "", 0, &at));
    fake_cancel(&b);
    fake_end(&b);
    teardown(&s);
}

/* ---- the index ---- */

static json_t *desc_of(const char *digest)
{
    return json_pack("{s:s,s:s,s:i,s:s}", "mediaType",
                     "application/vnd.oci.image.manifest.v1+json", "digest",
                     digest, "size", 5, "x-unknown", "kept");
}

static void names_are_put_and_found(void **state)
{
    static const char *const steps[][2] = {
        {"example.test/a:1", "1"},
        {"h:5000/b,example.test/c:2@sha256:" HELLO, "2"},
        {NULL, "latest"},
        {"example.test/a:1", "1"},
    };
    char *dir = tree_new(), found[BK__BLOB_DIGEST];
    json_t *desc = desc_of("sha256:" HELLO);
    llb_error err;
    (void)state;

    assert_int_equal(bk__layout_find(dir, "1", found, &err), LLB_ENOENT);
    tree_make(dir, "blobs/ blobs/sha256/");
    tree_file(dir, "blobs/sha256/" HELLO, "hello");
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(bk__layout_put(dir, desc, steps[i][0], "latest", &err),
                         LLB_OK);
        assert_int_equal(bk__layout_find(dir, steps[i][1], found, &err),
                         LLB_OK);
        assert_string_equal(found, "sha256:" HELLO);
    }
    assert_int_equal(bk__layout_find(dir, "3", found, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "nothing tagged \"3\""));
    json_t *index = json_load_file(tree_path(dir, "index.json"), 0, NULL);
    const json_t *list = json_object_get(index, "manifests");
    assert_int_equal(json_array_size(list), 4); /* b, c, latest, a */
    const json_t *b = json_object_get(json_array_get(list, 0), "annotations");
    assert_string_equal(json_string_value(json_object_get(
                            b, "org.opencontainers.image.ref.name")),
                        "latest");
    assert_string_equal(
        json_string_value(json_object_get(b, "io.containerd.image.name")),
        "h:5000/b");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(list, 3), "x-unknown")),
                        "kept");
    json_decref(index);
    assert_int_equal(access(tree_path(dir, "oci-layout"), R_OK), 0);
    assert_int_not_equal(access(tree_path(dir, "index.json.lock"), F_OK), 0);

    remove(tree_path(dir, "blobs/sha256/" HELLO));
    assert_int_equal(bk__layout_find(dir, "1", found, &err), LLB_ENOENT);
    json_decref(desc);
    tree_free(dir);
}

static void a_broken_index_is_left_alone(void **state)
{
    static const char *const texts[] = {"{", "", "[]", "{\"manifests\":{}}"};
    char *dir = tree_new(), found[BK__BLOB_DIGEST];
    json_t *desc = desc_of("sha256:" HELLO);
    llb_error err;
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tree_file(dir, "index.json", texts[i]);
        assert_int_equal(bk__layout_find(dir, "1", found, &err), LLB_EINVAL);
        assert_non_null(strstr(err.message, dir));
        assert_int_equal(bk__layout_put(dir, desc, NULL, "1", &err),
                         LLB_EINVAL);
        FILE *f = fopen(tree_path(dir, "index.json"), "r");
        char text[64] = "";
        assert_int_equal(fread(text, 1, 63, f), strlen(texts[i]));
        assert_string_equal(text, texts[i]);
        fclose(f);
    }
    /* a pipe that nobody writes to */
    assert_int_equal(unlink(tree_path(dir, "index.json")), 0);
    assert_int_equal(mkfifo(tree_path(dir, "index.json"), 0600), 0);
    assert_int_equal(bk__layout_find(dir, "1", found, &err), LLB_EINVAL);
    json_decref(desc);
    tree_free(dir);
}

#define NAME(c)                                                                \
    c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c  \
        c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define D(c) "sha256:" NAME(c)

/* Manifest a of config b and layer c; d belongs to nobody. */
static char *layout_new(void)
{
    char *dir = tree_new();

    tree_make(dir, "blobs/ blobs/sha256/");
    tree_file(dir, "blobs/sha256/" NAME("a"),
              "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
              "\"config\":{\"digest\":\"" D("b") "\",\"size\":2},"
                                                 "\"layers\":[{\"digest\":\"" D(
                                                     "c") "\",\"size\":5}]}");
    tree_file(dir, "blobs/sha256/" NAME("b"), "{}");
    tree_file(dir, "blobs/sha256/" NAME("c"), "layer");
    tree_file(dir, "blobs/sha256/" NAME("d"), "other");
    return dir;
}

static void a_cache_is_used_when_all_of_it_is_there(void **state)
{
    char *dir = layout_new();
    llb_error err;
    (void)state;

    assert_int_equal(bk__layout_complete(dir, D("a"), &err), LLB_OK);
    tree_file(dir, "blobs/sha256/" NAME("c"), "lay");
    assert_int_equal(bk__layout_complete(dir, D("a"), &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "has 3 bytes, not 5"));
    remove(tree_path(dir, "blobs/sha256/" NAME("c")));
    assert_int_equal(bk__layout_complete(dir, D("a"), &err), LLB_ENOENT);
    assert_int_equal(bk__layout_complete(dir, D("d"), &err), LLB_EINVAL);
    tree_free(dir);
}

static void a_reset_drops_what_nobody_needs(void **state)
{
    char *dir = layout_new();
    json_t *desc;
    llb_error err;
    (void)state;

    assert_int_equal(bk__layout_describe(dir, D("a"), &desc, &err), LLB_OK);
    assert_int_equal(bk__layout_put(dir, desc, NULL, "latest", &err), LLB_OK);
    assert_int_equal(bk__layout_prune(dir, &err), LLB_OK);
    assert_int_equal(bk__layout_complete(dir, D("a"), &err), LLB_OK);
    assert_int_not_equal(
        access(tree_path(dir, "blobs/sha256/" NAME("d")), F_OK), 0);
    json_decref(desc);
    tree_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_blobs_and_nothing_else),
        cmocka_unit_test(tells_the_size_of_a_blob),
        cmocka_unit_test(a_blob_gets_its_name_when_it_is_complete),
        cmocka_unit_test(refuses_to_write),
        cmocka_unit_test(one_writer_at_a_time_has_a_ref),
        cmocka_unit_test(names_are_put_and_found),
        cmocka_unit_test(a_broken_index_is_left_alone),
        cmocka_unit_test(a_cache_is_used_when_all_of_it_is_there),
        cmocka_unit_test(a_reset_drops_what_nobody_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

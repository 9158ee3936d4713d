/* What the client does when memory runs out, at each allocation in turn: an
 * error, nothing leaked, and what was there is as it was. (gRPC's own
 * allocations end the program when they fail, so they are not tried.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <status.pb-c.h>

#include "fail_alloc.h"

#include "addr.h"
#include "child.h"
#include "exports.h"
#include "exports_content.h"
#include "failure.h"
#include "lookup.h"
#include "policy.h"
#include "svc_content_index.h"
#include "svc_upload.h"
#include "tls_config.h"
#include "wire.h"

static llb_def *empty_def(void)
{
    llb_def *def;

    assert_int_equal(llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &def, NULL),
                     LLB_OK);
    return def;
}

static void an_address_fails_cleanly(void **state)
{
    static const char *const texts[] = {"tcp://h:1", "unix:///s",
                                        "ssh://me@h:22/s"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (long n = 0;; n++) {
            bk__addr a = {0};
            llb_error err = {0};
            fail_alloc_at(n);
            llb_status st = bk__addr_parse(texts[i], false, &a, &err);
            bool failed = fail_alloc_done();
            assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
            bk__addr_clear(&a);
            if (!failed)
                break;
        }
    }
}

static void tls_fails_cleanly(void **state)
{
    bk_tls tls = BK_TLS_INIT;

    (void)state;
    tls.server_name = "h";
    for (long n = 0;; n++) {
        bk__tls_config *c = NULL;
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = bk__tls_config_new(&tls, &c, &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        bk__tls_config_free(c);
        if (!failed)
            return;
    }
}

static void a_helper_fails_cleanly(void **state)
{
    static const char *const argv[] = {"true", NULL};

    (void)state;
    for (long n = 0;; n++) {
        bk__child *c = NULL;
        int fd;
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = bk__child_start(argv, &fd, &c, &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        bk__child_free(c);
        if (!failed) {
            close(fd);
            return;
        }
    }
}

static void exporters_fail_cleanly(void **state)
{
    bk_pair attrs[] = {{"name", "r/i"}};
    bk_export e = {.type = "image", .attrs = attrs, .n_attrs = 1};
    bk_solve_opts o = {.exports = &e, .n_exports = 1, .image_config = "{}"};

    (void)state;
    for (long n = 0;; n++) {
        bk__exports x = {0};
        llb_error err = {0};
        llb__arena *a = llb__arena_new(1 << 20);
        assert_non_null(a);
        fail_alloc_at(n);
        llb_status st =
            bk__exports_make(a, &o, BK_KIND_BUILDKITD, false, &x, &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        assert_int_equal(x.n, failed ? 0 : 1);
        llb__arena_free(a);
        if (!failed)
            return;
    }
}

static void caches_fail_cleanly(void **state)
{
    bk_pair src[] = {{"src", "/nowhere"}}, dest[] = {{"dest", "/nowhere"}};
    bk_cache from = {"local", src, 1}, to = {"local", dest, 1};
    bk_local store = {"s", "/nowhere"};
    bk_solve_opts o = {.cache_from = &from,
                       .n_cache_from = 1,
                       .cache_to = &to,
                       .n_cache_to = 1,
                       .stores = &store,
                       .n_stores = 1};

    (void)state;
    for (long n = 0;; n++) {
        bk__contents c = {0};
        llb_error err = {0};
        llb__arena *a = llb__arena_new(1 << 20);
        assert_non_null(a);
        fail_alloc_at(n);
        llb_status st = bk__contents_make(a, &o, NULL, 0, &c, &err);
        bool failed = fail_alloc_done();
        /* a cache that cannot be looked at is left out */
        assert_true(st == LLB_OK || (failed && st == LLB_ENOMEM));
        assert_int_equal(c.n_stores, st == LLB_OK ? 2 : 0);
        llb__arena_free(a);
        if (!failed)
            return;
    }
}

static void content_stores_fail_cleanly(void **state)
{
    char dir[] = "/tmp/llb-test-XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a/b", dir);
    bk__store stores[] = {{"oci:in", dir, false}, {"local:out", path, true}};
    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = bk__svc_content_new(stores, 2, &svc, &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        assert_int_equal(rmdir(dir), 0); /* nothing is left in it */
        assert_int_equal(mkdir(dir, 0700), 0);
        if (!failed)
            break;
    }
    rmdir(dir);
}

static void an_upload_fails_cleanly(void **state)
{
    bk_upload files[] = {{"a", "/dev/null"}, {"b", "/dev/null"}};

    (void)state;
    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_upload_new(files, 2, &svc, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        if (!failed)
            return;
    }
}

/* All of it is in an arena, so its limit is where memory ends. */
static void a_policy_fails_cleanly(void **state)
{
    static const char json[] = "{\"rules\":[{\"selector\":{\"identifier\":"
                               "\"x\"}}]}";

    (void)state;
    for (size_t limit = 1;; limit++) {
        Bk__Policy__Policy *p = NULL;
        llb__arena *a = llb__arena_new(limit);
        llb_status st = bk__policy_read(a, json, &p, NULL);
        assert_true(st == LLB_OK || (st == LLB_ENOMEM && !p));
        llb__arena_free(a);
        if (st == LLB_OK)
            return;
    }
}

/* The index is as it was, or has the entry. */
static void an_image_layout_fails_cleanly(void **state)
{
    char dir[] = "/tmp/llb-test-XXXXXX", found[BK__BLOB_DIGEST];
    const char *index[] = {"index.json", "oci-layout", "blobs/sha256", "blobs"};
    char path[64];
    json_t *desc = json_pack("{s:s,s:s,s:i}", "mediaType", "m", "digest",
                             "sha256:0", "size", 1);

    (void)state;
    assert_non_null(mkdtemp(dir));
    for (long n = 0;; n++) {
        fail_alloc_at(n);
        llb_status st = bk__layout_put(dir, desc, "h/n:1", NULL, NULL);
        if (st == LLB_OK &&
            bk__layout_find(dir, "1", found, NULL) == LLB_ENOMEM)
            st = LLB_ENOMEM;
        if (st == LLB_OK && bk__layout_has(dir, "sha256:0", NULL) == LLB_ENOMEM)
            st = LLB_ENOMEM;
        if (st == LLB_OK && bk__layout_prune(dir, NULL) == LLB_ENOMEM)
            st = LLB_ENOMEM;
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (!failed)
            break;
    }
    for (size_t i = 0; i < sizeof index / sizeof *index; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, index[i]);
        remove(path);
    }
    assert_int_equal(rmdir(dir), 0); /* no lock, nothing half-written */
    json_decref(desc);
}

static void a_lookup_fails_cleanly(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct addrinfo *list = NULL;
        fail_alloc_at(n);
        int got = bk__lookup("localhost", "1", bk__now_ms() + 5000, &list);
        bool failed = fail_alloc_done();
        assert_true(!failed || got == EAI_MEMORY);
        if (got == 0)
            freeaddrinfo(list);
        if (!failed)
            return;
    }
}

static void find_without_memory(void)
{
    for (long n = 0;; n++) {
        bk_found *f;
        llb_error err = {0};
        fail_alloc_at(n);
        llb_status st = bk_find_daemon(NULL, &f, &err);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (failed)
            assert_null(f);
        bk_found_free(f);
        if (!failed)
            return;
    }
}

static void finding_a_daemon_fails_cleanly(void **state)
{
    (void)state;
    setenv("BUILDKIT_HOST", "unix:///b.sock", 1);
    find_without_memory();
    unsetenv("BUILDKIT_HOST");
    setenv("DOCKER_HOST", "tcp://h", 1);
    setenv("DOCKER_TLS_VERIFY", "1", 1);
    find_without_memory();
    unsetenv("DOCKER_HOST");
    unsetenv("DOCKER_TLS_VERIFY");
}

static void say_something(bk__record *r)
{
    bk_vertex v = {.digest = "d", .name = "step", .error = "", .started_ns = 1};
    bk_vertex_log l = {
        .vertex = "d", .stream = 1, .data = "line\nmore", .len = 9};

    bk__record_vertex(r, &v);
    bk__record_log(r, &l);
    v.error = "broken";
    bk__record_vertex(r, &v);
}

/* A record leaves out what does not fit, and goes on. */
static void a_record_goes_on(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fail_alloc_at(n);
        bk__record *r = bk__record_new();
        if (r)
            say_something(r);
        bool failed = fail_alloc_done();
        if (r)
            say_something(r);
        bk__record_free(r);
        if (!failed)
            return;
    }
}

static void a_failure_fails_cleanly(void **state)
{
    static const char json[] = "{\"info\":{\"filename\":\"a\",\"data\":"
                               "\"bGxi\"},\"ranges\":[{\"start\":{\"line\":1}}"
                               "]}";
    Bk__Rpc__Status status = BK__RPC__STATUS__INIT;
    Bk__Wk__Any any = BK__WK__ANY__INIT, *list[] = {&any};
    bk__rpc rpc = {.code = 2, .message = "it failed: exit code: 1"};
    bk__maps maps;
    bk__record *r = bk__record_new();
    llb_def *def = empty_def();

    (void)state;
    assert_non_null(r);
    say_something(r);
    bk__maps_init(&maps);
    assert_int_equal(bk__maps_add(&maps, def, def, NULL), LLB_OK);
    any.type_url = "github.com/moby/buildkit/errdefs.Source+json";
    any.value.data = (uint8_t *)json;
    any.value.len = sizeof json - 1;
    status.n_details = 1;
    status.details = list;
    assert_int_equal(
        bk__pack(&status.base, &rpc.details, &rpc.details_len, NULL), LLB_OK);
    for (long n = 0;; n++) {
        fail_alloc_at(n);
        bk_failure *f = bk__failure_make(&rpc, r, &maps);
        bool failed = fail_alloc_done();
        if (!failed) {
            assert_non_null(f);
            assert_string_equal(f->vertex, "d");
            assert_int_equal(f->n_places, 1);
        }
        bk_failure_free(f);
        if (!failed)
            break;
    }
    free(rpc.details);
    bk__maps_clear(&maps);
    bk__record_free(r);
    llb_def_free(def);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_fails_cleanly),
        cmocka_unit_test(tls_fails_cleanly),
        cmocka_unit_test(a_helper_fails_cleanly),
        cmocka_unit_test(exporters_fail_cleanly),
        cmocka_unit_test(caches_fail_cleanly),
        cmocka_unit_test(content_stores_fail_cleanly),
        cmocka_unit_test(an_upload_fails_cleanly),
        cmocka_unit_test(a_policy_fails_cleanly),
        cmocka_unit_test(an_image_layout_fails_cleanly),
        cmocka_unit_test(a_lookup_fails_cleanly),
        cmocka_unit_test(finding_a_daemon_fails_cleanly),
        cmocka_unit_test(a_record_goes_on),
        cmocka_unit_test(a_failure_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

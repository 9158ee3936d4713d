/* What a definition asks its session and its daemon for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>

#include <cmocka.h>

#include <llb/def.h>

#include "pb.h"

static pb none(void) { return (pb){"", 0}; }

static pb source(const char *id, pb attrs)
{
    return pb_len(3, pb_cat(pb_str(1, id), attrs));
}

static pb attr(const char *key, const char *value)
{
    return pb_entry(2, key, pb_text(value));
}

static pb on_source(pb body)
{
    pb src = pb_source("local://ctx"), op = pb_cat(pb_input(src, 0), body);
    return pb_cat(pb_def(src), pb_def(op), pb_end(op));
}

static pb exec(pb more)
{
    return pb_len(2, pb_cat(pb_len(1, pb_str(1, "true")),
                            pb_len(2, pb_str(3, "/")), more));
}

static pb alone(pb op) { return pb_cat(pb_def(op), pb_end(op)); }

static pb mount(int type, unsigned opt, pb body)
{
    return pb_len(2, pb_cat(pb_int(1, -1), pb_str(3, "/m"), pb_int(6, type),
                            pb_len(opt, body)));
}

static pb secret_mount(void)
{
    return on_source(exec(mount(1, 21, pb_str(1, "tok"))));
}
static pb maybe_secret(void)
{
    return on_source(
        exec(mount(1, 21, pb_cat(pb_str(1, "tok"), pb_int(5, 1)))));
}
static pb secret_both_ways(void)
{
    return on_source(
        exec(pb_cat(mount(1, 21, pb_cat(pb_str(1, "tok"), pb_int(5, 1))),
                    pb_len(5, pb_cat(pb_str(1, "tok"), pb_str(2, "TOK"))))));
}
static pb secret_env(void)
{
    return on_source(exec(pb_len(5, pb_cat(pb_str(1, "e"), pb_str(2, "E")))));
}
static pb ssh_default(void) { return on_source(exec(mount(2, 22, none()))); }
static pb ssh_named(void)
{
    return on_source(exec(mount(2, 22, pb_str(1, "deploy"))));
}
static pb image(void)
{
    return alone(source("docker-image://docker.io/library/a:b", none()));
}
static pb image_port(void)
{
    return alone(source("docker-image://reg:5000/a", none()));
}
static pb image_local(void)
{
    return alone(source("docker-image+blob://localhost/a@sha256:0", none()));
}
static pb image_short(void)
{
    return alone(source("docker-image://alpine:3.2", none()));
}
static pb http(void)
{
    return alone(source("https://user:pw@h.example:8443/f?x", none()));
}
static pb http_secret(void)
{
    return alone(source("http://h/f", attr("http.authheadersecret", "mine")));
}
static pb git(void)
{
    return alone(
        source("git://h/r", pb_cat(attr("git.authtokensecret", "GIT_TOKEN"),
                                   attr("git.mountsshsock", "default"))));
}
static pb git_bundle(void)
{
    return alone(source("git://h/r",
                        attr("git.bundle", "docker-image+blob://r.io/x@d")));
}
static pb oci(void)
{
    return alone(source("oci-layout://a@sha256:0", attr("oci.store", "imgs")));
}
static pb host_net(void) { return on_source(exec(pb_int(3, 1))); }
static pb insecure(void) { return on_source(exec(pb_int(4, 1))); }
static pb device(void)
{
    return on_source(exec(pb_len(6, pb_str(1, "v/g=1"))));
}

/* A copy with one more field, on a source. */
static pb copy(pb field)
{
    pb act = pb_cat(
        pb_cat(pb_int(2, -1), pb_int(3, 0)),
        pb_len(4, pb_cat(pb_cat(pb_str(1, "/"), pb_str(2, "/")), field)));
    return on_source(pb_len(4, pb_len(2, act)));
}
static pb copy_patterns(void) { return copy(pb_str(13, "*.o")); }
static pb copy_required(void) { return copy(pb_str(16, "a")); }
static pb copy_mode(void) { return copy(pb_str(15, "a+r")); }
static pb symlink_made(void)
{
    pb act = pb_len(8, pb_cat(pb_str(1, "a"), pb_str(2, "/b")));
    return on_source(
        pb_len(4, pb_len(2, pb_cat(pb_cat(pb_int(2, -1), pb_int(3, 0)), act))));
}

static struct need_case {
    const char *name;
    pb (*make)(void);
    llb_need_kind kind;
    const char *need;
    bool optional;
} cases[] = {
    {"a local source's name", secret_mount, LLB_NEED_LOCAL, "ctx", false},
    {"a secret mount's id", secret_mount, LLB_NEED_SECRET, "tok", false},
    {"an optional secret", maybe_secret, LLB_NEED_SECRET, "tok", true},
    {"optional here, needed there", secret_both_ways, LLB_NEED_SECRET, "tok",
     false},
    {"a secret variable's id", secret_env, LLB_NEED_SECRET, "e", false},
    {"an agent without id", ssh_default, LLB_NEED_SSH, "default", false},
    {"an agent's id", ssh_named, LLB_NEED_SSH, "deploy", false},
    {"the hub", image, LLB_NEED_REGISTRY, "docker.io", false},
    {"a registry with port", image_port, LLB_NEED_REGISTRY, "reg:5000", false},
    {"localhost", image_local, LLB_NEED_REGISTRY, "localhost", false},
    {"a short name is the hub's", image_short, LLB_NEED_REGISTRY, "docker.io",
     false},
    {"a web server's header", http, LLB_NEED_SECRET,
     "HTTP_AUTH_HEADER_h.example:8443", true},
    {"a web server's token", http, LLB_NEED_SECRET,
     "HTTP_AUTH_TOKEN_h.example:8443", true},
    {"a header by name", http_secret, LLB_NEED_SECRET, "mine", false},
    {"git's token", git, LLB_NEED_SECRET, "GIT_TOKEN", true},
    {"git's agent", git, LLB_NEED_SSH, "default", false},
    {"a bundle's registry", git_bundle, LLB_NEED_REGISTRY, "r.io", false},
    {"a content store", oci, LLB_NEED_OCI_STORE, "imgs", false},
    {"the host's network", host_net, LLB_NEED_ENTITLEMENT, "network.host",
     false},
    {"an insecure exec", insecure, LLB_NEED_ENTITLEMENT, "security.insecure",
     false},
    {"a device", device, LLB_NEED_ENTITLEMENT, "device=v/g=1", false},
    {"patterns of a copy", copy_patterns, LLB_NEED_CAP,
     "file.copy.includeexcludepatterns", false},
    {"required paths of a copy", copy_required, LLB_NEED_CAP,
     "file.copy.requiredpaths", false},
    {"a symbolic mode", copy_mode, LLB_NEED_CAP, "file.copy.modestring", false},
    {"a symlink action", symlink_made, LLB_NEED_CAP, "file.symlink.create",
     false},
};

static void check_need(void **state)
{
    const struct need_case *c = *state;
    llb_def *d = NULL;
    llb_def_needs *needs = NULL;
    llb_error err = {0};
    pb b = c->make();

    if (llb_def_parse(b.data, b.len, 0, &d, &err) != LLB_OK)
        fail_msg("%s", err.message);
    assert_true(llb_def_needs_session(d));
    assert_int_equal(llb_def_needs_of(d, &needs, &err), LLB_OK);
    llb_def_free(d); /* the needs stay */
    const llb_def_need *n =
        llb_def_needs_find(needs, c->kind, c->need, strlen(c->need));
    assert_non_null(n);
    assert_string_equal(n->name, c->need);
    assert_int_equal(n->optional, c->optional);
    assert_null(llb_def_needs_find(needs, c->kind, "nobody", 6));
    llb_def_needs_free(needs);
    pb_free_all();
}

static void named_header_asks_for_no_other(void **state)
{
    llb_def *d = NULL;
    llb_def_needs *needs = NULL;
    llb_error err = {0};
    pb b = http_secret();
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_int_equal(llb_def_needs_of(d, &needs, &err), LLB_OK);
    assert_int_equal(needs->n, 1);
    llb_def_needs_free(needs);
    llb_def_free(d);
    pb_free_all();
}

static void scratch_alone_needs_no_session(void **state)
{
    pb act = pb_len(2, pb_cat(pb_int(1, -1), pb_len(6, pb_str(1, "/d"))));
    pb op = pb_len(4, act), run = pb_cat(pb_input(op, 0), exec(none()));
    pb meta = pb_entry(2, pb_digest(op),
                       pb_len(5, pb_cat(pb_str(1, "file.base"), pb_int(2, 1))));
    pb b = pb_cat(pb_def(op), pb_def(run), pb_end(run), meta);
    llb_def *d = NULL;
    llb_def_needs *needs = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_false(llb_def_needs_session(d));
    assert_int_equal(llb_def_needs_of(d, &needs, &err), LLB_OK);
    assert_int_equal(needs->n, 1);
    assert_int_equal(needs->list[0].kind, LLB_NEED_CAP);
    assert_string_equal(needs->list[0].name, "file.base");
    llb_def_needs_free(needs);
    llb_def_free(d);
    pb_free_all();
}

/* A hundred sources of ten names: each once, with the first op. */
static void each_need_is_there_once(void **state)
{
    llb_def *d = NULL;
    llb_def_needs *needs = NULL;
    llb_error err = {0};
    llb__buf *ops = pb_new(), *inputs = pb_new();
    char id[32];
    (void)state;

    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "local://n%d", 9 - i % 10);
        pb op = source(id, attr("k", i < 10 ? "0" : "1"));
        pb def = pb_def(op), in = pb_input(op, 0);
        llb__buf_add(ops, def.data, def.len);
        llb__buf_add(inputs, in.data, in.len);
    }
    pb op = pb_cat(pb_of(inputs), exec(none()));
    pb b = pb_cat(pb_of(ops), pb_def(op), pb_end(op));
    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_int_equal(llb_def_needs_of(d, &needs, &err), LLB_OK);
    assert_int_equal(needs->n, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(needs->list[i].name[1], '0' + (int)i);
        assert_int_equal(needs->list[i].op, 9 - i);
    }
    llb_def_needs_free(needs);
    llb_def_free(d);
    pb_free_all();
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 3] = {
        cmocka_unit_test(named_header_asks_for_no_other),
        cmocka_unit_test(scratch_alone_needs_no_session),
        cmocka_unit_test(each_need_is_there_once),
    };
    for (size_t i = 0; i < N; i++)
        tests[3 + i] = (struct CMUnitTest){cases[i].name, check_need, NULL,
                                           NULL, &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

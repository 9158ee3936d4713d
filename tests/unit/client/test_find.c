/* Who is asked for a daemon, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <llb/client.h>

static char home[64];

static const char *const variables[] = {
    "LLB_ADDR",          "BUILDKIT_HOST",   "DOCKER_HOST",
    "DOCKER_CONTEXT",    "DOCKER_CONFIG",   "HOME",
    "DOCKER_TLS_VERIFY", "XDG_RUNTIME_DIR", "DOCKER_TLS",
    "DOCKER_CERT_PATH",
};

static void write_file(const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", home, name);
    for (char *p = path + strlen(home) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* A machine of a test's own, on which nothing is set. */
static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    strcpy(home, "/tmp/llb-find-XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("HOME", home, 1);
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", home);
    return system(command);
}

/* What is found, or NULL with the words of the error in err. */
static bk_found *find(const char *addr, llb_status want, llb_error *err)
{
    bk_found *f;

    assert_int_equal(bk_find_daemon(addr, &f, err), want);
    assert_non_null(f);
    return f;
}

static void check(const char *flag, const char *source, const char *addr)
{
    llb_error err = {0};
    bk_found *f = find(flag, LLB_OK, &err);

    assert_string_equal(f->addr, addr);
    assert_string_equal(f->source, source);
    assert_true(f->is_final);
    assert_string_equal(f->tried[f->n_tried - 1].why, "");
    bk_found_free(f);
}

static void each_word_beats_the_next(void **state)
{
    (void)state;
    setenv("DOCKER_CONTEXT", "nope", 1);
    setenv("DOCKER_HOST", "unix:///d.sock", 1);
    check(NULL, "DOCKER_HOST", "docker:///d.sock");
    setenv("BUILDKIT_HOST", "tcp://b:1", 1);
    check(NULL, "BUILDKIT_HOST", "tcp://b:1");
    setenv("LLB_ADDR", "unix:///l.sock", 1);
    check("", "LLB_ADDR", "unix:///l.sock");
    check("unix:///flag.sock", "--addr", "unix:///flag.sock");
}

static void engines_are_named_as_such(void **state)
{
    (void)state;
    setenv("DOCKER_HOST", "tcp://h:2375", 1);
    check(NULL, "DOCKER_HOST", "docker+tcp://h:2375");
    setenv("DOCKER_HOST", "h:2375", 1);
    check(NULL, "DOCKER_HOST", "docker+tcp://h:2375");
    setenv("DOCKER_HOST", "ssh://me@h", 1);
    check(NULL, "DOCKER_HOST", "docker+ssh://me@h");
}

static void blanks_around_a_variable_do_not_count(void **state)
{
    (void)state;
    setenv("BUILDKIT_HOST", " unix:///b.sock\n", 1);
    check(NULL, "BUILDKIT_HOST", "unix:///b.sock");
}

static void what_is_final_fails_by_name(void **state)
{
    llb_error err = {0};
    bk_found *f;

    (void)state;
    f = find("foo://x", LLB_EINVAL, &err);
    assert_null(f->addr);
    assert_non_null(strstr(err.message, "--addr"));
    bk_found_free(f);

    setenv("BUILDKIT_HOST", "foo://x", 1);
    f = find(NULL, LLB_EINVAL, &err);
    assert_null(f->addr);
    assert_int_equal(f->n_tried, 1);
    assert_string_equal(f->tried[0].source, "BUILDKIT_HOST");
    assert_non_null(strstr(err.message, "BUILDKIT_HOST"));
    assert_non_null(strstr(err.message, "unknown scheme"));
    bk_found_free(f);
}

/* Where the client is told to look for TLS files; "" for no such file. */
static void assert_tls(const char *ca, const char *cert, bool skip_verify)
{
    bk_found *f = find(NULL, LLB_OK, NULL);

    assert_non_null(f->tls);
    assert_string_equal(f->tls->ca ? f->tls->ca : "", ca);
    assert_string_equal(f->tls->cert ? f->tls->cert : "", cert);
    assert_int_equal(f->tls->skip_verify, skip_verify);
    bk_found_free(f);
}

static void variables_of_docker_ask_for_tls(void **state)
{
    char ca[96], cert[96];

    (void)state;
    setenv("DOCKER_HOST", "tcp://h", 1);
    setenv("DOCKER_TLS_VERIFY", "1", 1);
    snprintf(ca, sizeof ca, "%s/.docker/ca.pem", home);
    write_file(".docker/ca.pem", "");
    assert_tls(ca, "", false);
    setenv("DOCKER_CERT_PATH", home, 1);
    write_file("cert.pem", "");
    snprintf(cert, sizeof cert, "%s/cert.pem", home);
    assert_tls("", cert, false);
    unsetenv("DOCKER_TLS_VERIFY");
    setenv("DOCKER_TLS", "1", 1);
    assert_tls("", cert, true);
    setenv("DOCKER_HOST", "unix:///d.sock", 1);
    bk_found *f = find(NULL, LLB_OK, NULL);
    assert_null(f->tls); /* as Docker ignores it there */
    bk_found_free(f);
}

static void a_context_without_files_is_said_so(void **state)
{
    llb_error err = {0};

    (void)state;
    write_file(".docker/config.json", "{\"currentContext\":\"gone\"}");
    bk_found *f = find(NULL, LLB_EUNAVAILABLE, &err);
    assert_true(f->is_final);
    assert_non_null(strstr(err.message, "\"gone\""));
    assert_non_null(strstr(err.message, "no such context"));
    bk_found_free(f);
}

/* The path that a missing context is looked for under. */
static void meta_path(const char *context, char *ret, size_t size)
{
    llb_error err = {0};

    setenv("DOCKER_CONTEXT", context, 1);
    bk_found_free(find(NULL, LLB_EUNAVAILABLE, &err));
    unsetenv("DOCKER_CONTEXT");
    const char *start = strstr(err.message, "/contexts/meta/");
    assert_non_null(start);
    const char *end = strchr(start, ')');
    assert_non_null(end);
    snprintf(ret, size, ".docker%.*s", (int)(end - start), start);
}

static void a_context_names_an_engine(void **state)
{
    char path[200];

    (void)state;
    meta_path("east", path, sizeof path);
    write_file(path, "{\"Name\":\"east\",\"Endpoints\":{\"docker\":{\"Host\":"
                     "\"unix:///e.sock\",\"SkipTLSVerify\":false}}}");
    setenv("DOCKER_CONTEXT", "east", 1);
    check(NULL, "DOCKER_CONTEXT=east", "docker:///e.sock");
    unsetenv("DOCKER_CONTEXT");
    write_file(".docker/config.json", "{\"currentContext\":\"east\"}");
    snprintf(path, sizeof path, "currentContext of %s/.docker/config.json",
             home);
    check(NULL, path, "docker:///e.sock");
    setenv("DOCKER_CONTEXT", "default", 1);
    check(NULL, "DOCKER_CONTEXT=default", "docker:///var/run/docker.sock");
}

static void a_context_has_tls_files_of_its_own(void **state)
{
    char meta[200], tls[200], ca[300];

    (void)state;
    meta_path("far", meta, sizeof meta);
    write_file(meta, "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\"}}}");
    setenv("DOCKER_CONTEXT", "far", 1);
    bk_found *f = find(NULL, LLB_OK, NULL);
    assert_null(f->tls);
    bk_found_free(f);

    /* contexts/meta/ID/meta.json and contexts/tls/ID/docker/ca.pem */
    size_t folder = sizeof ".docker/contexts/meta" - 1;
    snprintf(tls, sizeof tls, ".docker/contexts/tls%.*s/docker/ca.pem", 65,
             meta + folder);
    write_file(tls, "");
    snprintf(ca, sizeof ca, "%s/%s", home, tls);
    assert_tls(ca, "", false);
    write_file(meta, "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h\","
                     "\"SkipTLSVerify\":true}}}");
    assert_tls(ca, "", true);
}

static void a_context_that_names_nothing_is_said_so(void **state)
{
    llb_error err = {0};
    char path[200];

    (void)state;
    meta_path("east", path, sizeof path);
    setenv("DOCKER_CONTEXT", "east", 1);
    write_file(path, "{\"Name\":\"east\"}");
    bk_found_free(find(NULL, LLB_EUNAVAILABLE, &err));
    assert_non_null(strstr(err.message, "names no engine"));
    write_file(path, "{");
    bk_found_free(find(NULL, LLB_EUNAVAILABLE, &err));
    assert_non_null(strstr(err.message, "meta.json:"));
}

static int listen_on(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static void a_private_engine_is_probed(void **state)
{
    llb_error err = {0};
    char path[128], addr[160];

    (void)state;
    setenv("XDG_RUNTIME_DIR", home, 1);
    char *dir = bk_engine_dir();
    assert_non_null(dir);
    snprintf(path, sizeof path, "%s/llb", home);
    assert_string_equal(dir, path);
    free(dir);
    assert_int_equal(mkdir(path, 0700), 0);
    strcat(path, "/docker.sock");
    int fd = listen_on(path);
    bk_found *f;
    llb_status st = bk_find_daemon(NULL, &f, &err);
    /* A machine may have a daemon of its own on a usual socket. */
    if (st == LLB_OK && strcmp(f->source, "a private engine") == 0) {
        snprintf(addr, sizeof addr, "docker://%s", path);
        assert_string_equal(f->addr, addr);
        assert_false(f->is_final);
        assert_true(f->n_tried >= 3);
        assert_string_equal(f->tried[0].source, "the system's buildkitd");
        assert_string_not_equal(f->tried[0].why, "");
    } else {
        assert_int_equal(st, LLB_OK);
        assert_non_null(f->addr);
    }
    bk_found_free(f);
    close(fd);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_word_beats_the_next),
        TEST(engines_are_named_as_such),
        TEST(blanks_around_a_variable_do_not_count),
        TEST(what_is_final_fails_by_name),
        TEST(variables_of_docker_ask_for_tls),
        TEST(a_context_without_files_is_said_so),
        TEST(a_context_names_an_engine),
        TEST(a_context_has_tls_files_of_its_own),
        TEST(a_context_that_names_nothing_is_said_so),
        TEST(a_private_engine_is_probed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

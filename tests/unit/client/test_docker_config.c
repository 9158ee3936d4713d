/* Tests of Docker's config.json and of its helper programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "docker_config.h"
#include "login.h"
#include "tree.h"
#include "wipe.h"

#define H "reg.example:5000"
#define U6_P6 "dTY6cDY=" /* u6:p6 */

static char *dir; /* config.json and helpers, which PATH names first */

static void helper(const char *name, const char *script)
{
    char file[100], text[500];

    snprintf(file, sizeof file, "docker-credential-%s", name);
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    tree_file(dir, file, text);
    assert_int_equal(chmod(tree_path(dir, file), 0755), 0);
}

static int set_up(void **state)
{
    char path[4096];
    (void)state;

    dir = tree_new();
    unsetenv("DOCKER_AUTH_CONFIG");
    setenv("DOCKER_CONFIG", dir, 1);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", dir);
    setenv("PATH", path, 1);
    helper("tok", "read -r host || true; printf '{\"ServerURL\":\"%s\","
                  "\"Username\":\"<token>\",\"Secret\":\"HT\"}' \"$host\"");
    helper("ok", "printf '{\"Username\":\"hu\",\"Secret\":\"hp\"}'");
    helper("echo", "host=$(cat); printf '{\"Username\":\"%s\","
                   "\"Secret\":\"x\"}' \"$host\"");
    helper("none", "echo 'credentials not found in native keychain  '; exit 1");
    helper("junk", "echo 'Warning: new version'; echo '{\"Username\":\"u\"}'");
    helper("silent", "exit 0");
    helper("bad", "echo 'panic: locked' >&2; echo 'store is locked'; exit 1");
    helper("quiet", "echo 'only on stderr' >&2; exit 7");
    helper("leak", "echo '{\"Username\":\"u\",\"Secret\":\"s3cr\"}'; exit 1");
    helper("slow", "sleep 600 & wait");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_free(dir);
    return 0;
}

/* "USER|SECRET|REGISTRY TOKEN", or "error: ..." */
static const char *login(const char *config, const char *host)
{
    static char text[700];
    bk__docker_config *c = NULL;
    bk__wanted w = {.timeout_ms = 60 * 1000};
    llb__arena *a = llb__arena_new(1 << 20);
    llb_error err = {0};
    bk__login l;

    if (config)
        tree_file(dir, "config.json", config);
    llb_status st = bk__docker_config_read(NULL, &c, &err);
    if (st == LLB_OK)
        st = bk__login_find(c, host, &w, a, &l, &err);
    if (st == LLB_OK)
        snprintf(text, sizeof text, "%s|%s|%s", l.username, l.secret,
                 l.registry_token);
    else
        snprintf(text, sizeof text, "error: %s", err.message);
    bk__docker_config_free(c);
    llb__arena_free(a);
    return text;
}

static void every_shape_of_login_is_read(void **state)
{
    static const struct {
        const char *config, *host, *want;
    } rows[] = {
        {"{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}", H, "u6|p6|"},
        {"{\"auths\":{\"http://" H "\":{\"auth\":\"" U6_P6 "\"}}}", H,
         "u6|p6|"},
        {"{\"auths\":{\"https://" H "/v2/\":{\"auth\":\"" U6_P6 "\"}}}", H,
         "u6|p6|"},
        {"{\"auths\":{\"" H "\":{\"username\":\"a\",\"password\":\"b:c\"}}}", H,
         "a|b:c|"},
        /* auth wins; a colon may be in the password; NULs are padding */
        {"{\"auths\":{\"" H "\":{\"auth\":\"dTpwOnEAAAA=\","
         "\"username\":\"a\"}}}",
         H, "u|p:q|"},
        {"{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\","
         "\"identitytoken\":\"ID7\"}}}",
         H, "|ID7|"},
        {"{\"auths\":{\"" H "\":{\"registrytoken\":\"RT6\"}}}", H, "||RT6"},
        /* another port, another host */
        {"{\"auths\":{\"reg.example\":{\"auth\":\"" U6_P6 "\"}}}", H, "||"},
        {"{\"auths\":{\"reg.example:5000x\":{\"auth\":\"" U6_P6 "\"}}}", H,
         "||"},
        /* Docker Hub */
        {"{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" U6_P6
         "\"}}}",
         "registry-1.docker.io", "u6|p6|"},
        {"{\"auths\":{\"docker.io\":{\"auth\":\"" U6_P6 "\"}}}",
         "registry-1.docker.io", "u6|p6|"},
        {"{\"auths\":{\"index.docker.io\":{\"auth\":\"" U6_P6 "\"}}}", H, "||"},
        /* nobody is logged in */
        {"{}", H, "||"},
        {"{\"auths\":null,\"unknown\":{\"a\":[1]}}", H, "||"},
        {"{\"auths\":{\"" H "\":{}}}", H, "||"},
        {"{\"auths\":[],\"credHelpers\":7,\"credsStore\":null}", H, "||"},
        /* helpers */
        {"{\"credsStore\":\"ok\"}", H, "hu|hp|"},
        {"{\"credHelpers\":{\"" H "\":\"tok\"}}", H, "|HT|"},
        {"{\"credHelpers\":{\"" H "\":\"echo\"}}", H, H "|x|"},
        {"{\"credsStore\":\"echo\"}", "registry-1.docker.io",
         "https://index.docker.io/v1/|x|"},
        {"{\"credsStore\":\"bad\",\"credHelpers\":{\"" H "\":\"ok\"}}", H,
         "hu|hp|"},
        {"{\"credsStore\":\"bad\",\"credHelpers\":{\"" H "\":\"\"},"
         "\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}",
         H, "u6|p6|"},
        {"{\"credHelpers\":{\"other\":\"bad\"}}", H, "||"},
        {"{\"credsStore\":\"none\"}", H, "||"},
        {"{\"auths\":{\"" H "\":{}},\"credsStore\":\"tok\"}", H, "|HT|"},
        {"{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6
         "\"}},\"credsStore\":\"tok\"}",
         H, "|HT|"},
    };
    (void)state;

    assert_string_equal(login(NULL, H), "||"); /* no file at all */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(login(rows[i].config, rows[i].host), rows[i].want);
}

static void the_variable_wins(void **state)
{
    (void)state;
    setenv("DOCKER_AUTH_CONFIG",
           "{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}", 1);
    assert_string_equal(login("{\"credsStore\":\"bad\"}", H), "u6|p6|");
    assert_string_equal(login("{\"credsStore\":\"ok\"}", "other"), "hu|hp|");
    setenv("DOCKER_AUTH_CONFIG", "{", 1);
    assert_non_null(strstr(login("{}", H), "DOCKER_AUTH_CONFIG:1: this is no"));
    unsetenv("DOCKER_AUTH_CONFIG");
}

static void what_is_wrong_is_told_with_helper_file_and_host(void **state)
{
    static const struct {
        const char *config, *text;
    } rows[] = {
        {"{\"credHelpers\":{\"" H "\":\"missing\"}}",
         "docker-credential-missing"},
        {"{\"credsStore\":\"missing\"}", "was not found on PATH"},
        {"{\"credsStore\":\"bad\"}", "exited with code 1: store is locked"},
        {"{\"credsStore\":\"quiet\"}", "exited with code 7: only on stderr"},
        {"{\"credsStore\":\"leak\"}", "exited with code 1"},
        {"{\"credsStore\":\"junk\"}", "printed something else than a login"},
        {"{\"credsStore\":\"silent\"}", "printed nothing"},
        {"{\"credsStore\":\"../x\"}", "is no name of a helper"},
        {"{\"auths\":{\"" H "\":{\"auth\":\"bm9jb2xvbg==\"}}}",
         "is not USER:PASSWORD"},
        {"{\"auths\":{\"" H "\":{\"auth\":\"s3cr$t\"}}}",
         "is not USER:PASSWORD"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *said = login(rows[i].config, H);
        if (!strstr(said, rows[i].text) || !strstr(said, H) ||
            strstr(said, "s3cr") ||
            !strstr(said, tree_path(dir, "config.json")))
            fail_msg("%s", said);
    }
    const char *said = login("{\n\"auths\": \"s3cr", H);
    assert_non_null(strstr(said, "config.json:2: this is no JSON"));
    assert_null(strstr(said, "s3cr"));
    assert_non_null(strstr(login("[1]", H), "this is no JSON object"));
}

static void what_was_read_is_overwritten(void **state)
{
    json_t *o =
        json_loads("{\"a\":[1,{\"b\":\"s3cr\"}],\"c\":\"s3cr\"}", 0, NULL);
    json_t *b, *c;
    (void)state;

    assert_int_equal(
        json_unpack(o, "{s:[i,{s:O}],s:O}", "a", &(int){0}, "b", &b, "c", &c),
        0);
    bk__wipe_json(o);
    assert_string_equal(json_string_value(b), "");
    assert_string_equal(json_string_value(c), "");
    json_decref(b);
    json_decref(c);
    bk__wipe_json(NULL);
}

static bool always(void *arg)
{
    (void)arg;
    return true;
}

static void a_helper_that_hangs_is_cut_off(void **state)
{
    bk__docker_config *c = NULL;
    llb__arena *a = llb__arena_new(1 << 20);
    bk__wanted w = {.timeout_ms = 0};
    llb_error err = {0};
    bk__login l;
    (void)state;

    tree_file(dir, "config.json", "{\"credsStore\":\"slow\"}");
    assert_int_equal(bk__docker_config_read(dir, &c, NULL), LLB_OK);
    assert_int_equal(bk__login_find(c, H, &w, a, &l, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "docker-credential-slow"));
    assert_non_null(strstr(err.message, "has not ended within"));
    w = (bk__wanted){.timeout_ms = 60 * 1000, .is_over = always};
    assert_int_equal(bk__login_find(c, H, &w, a, &l, &err), LLB_ECANCELED);
    bk__docker_config_free(c);
    llb__arena_free(a);
}

/* What this system has is used where nothing is configured, and its failure
 * is nobody's. */
static void the_helper_of_the_system_is_only_tried(void **state)
{
    (void)state;
    helper("secretservice", "printf '{\"Username\":\"su\",\"Secret\":\"sp\"}'");
    setenv("PATH", dir, 1); /* without any "pass" */
    tree_file(dir, "config.json", "{}");
    bk__docker_config *c = NULL;
    bool named = true;
    assert_int_equal(bk__docker_config_read(NULL, &c, NULL), LLB_OK);
    assert_string_equal(bk__docker_config_helper(c, H, &named),
                        "secretservice");
    assert_false(named);
    bk__docker_config_free(c);
    helper("secretservice", "exit 1");
    assert_string_equal(login("{}", H), "||");
    assert_string_equal(
        login("{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}", H), "u6|p6|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_shape_of_login_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_variable_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_is_wrong_is_told_with_helper_file_and_host, set_up, tear_down),
        cmocka_unit_test(what_was_read_is_overwritten),
        cmocka_unit_test_setup_teardown(a_helper_that_hangs_is_cut_off, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_helper_of_the_system_is_only_tried,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

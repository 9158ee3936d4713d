/* States as values: what a change does, what is inherited, what is not. */
#include "helpers.h"

static void setting_a_variable_again_moves_it(void **state)
{
    const llb_state *s = llb_scratch(*state);

    s = llb_env(s, "A", "1");
    s = llb_env(s, "B", "2");
    const llb_state *before = s;
    s = llb_env(s, "A", "3");
    assert_int_equal(llb_state_n_env(s), 2);
    assert_string_equal(llb_state_env_at(s, 0).key, "B");
    assert_string_equal(llb_state_env_at(s, 1).key, "A");
    assert_string_equal(llb_state_env_at(s, 1).value, "3");
    assert_null(llb_state_env_at(s, 2).key);
    llb_pair *list;
    size_t n;
    assert_int_equal(llb_state_env_list(s, &list, &n), LLB_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].key, "B");
    assert_string_equal(list[1].key, "A");
    assert_string_equal(list[1].value, "3");
    free(list);
    assert_int_equal(llb_state_env_list(NULL, &list, &n), LLB_OK);
    assert_int_equal(n, 0);
    free(list);
    /* and the old state is as it was */
    assert_string_equal(llb_state_env(before, "A"), "1");
    assert_string_equal(llb_state_env_at(before, 0).key, "A");
}

static void unset_hides_older_values(void **state)
{
    const llb_state *s = llb_env(llb_scratch(*state), "A", "1");

    s = llb_env_unset(llb_env(s, "B", "2"), "A");
    assert_null(llb_state_env(s, "A"));
    assert_int_equal(llb_state_n_env(s), 1);
    assert_ptr_equal(llb_env_unset(s, "never set"), s);
    s = llb_env(s, "A", "new");
    assert_string_equal(llb_state_env(s, "A"), "new");
}

/* Far more settings than variables, which packs the list again and again. */
static void many_settings_keep_the_last(void **state)
{
    const llb_state *s = llb_scratch(*state);
    char key[32], value[32];

    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "K%d", i % 40);
        snprintf(value, sizeof value, "%d", i);
        s = i % 97 == 96 ? llb_env_unset(s, key) : llb_env(s, key, value);
    }
    for (int k = 0; k < 40; k++) {
        int last = 4960 + k;
        snprintf(key, sizeof key, "K%d", k);
        snprintf(value, sizeof value, "%d", last);
        if (last % 97 == 96)
            assert_null(llb_state_env(s, key));
        else
            assert_string_equal(llb_state_env(s, key), value);
    }
}

static const struct {
    const char *first, *second, *dir;
} dirs[] = {
    {"/x/../y", NULL, "/x/../y"}, {"/x/", NULL, "/x/"},
    {"/x/../y", "z", "/y/z"},     {"/a/", "", "/a"},
    {"a", "../../..", "/"},       {"/a", "/b//c", "/b//c"},
};

static void relative_dirs_clean_what_was_there(void **state)
{
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        const llb_state *s = llb_dir(llb_scratch(*state), dirs[i].first);
        if (dirs[i].second)
            s = llb_dir(s, dirs[i].second);
        assert_string_equal(llb_state_dir(s), dirs[i].dir);
    }
}

static const struct {
    const char *os, *arch, *variant;
    const char *to_os, *to_arch, *to_variant;
} platforms[] = {
    {"linux", "aarch64", "v8", "linux", "arm64", ""},
    {"Linux", "X86_64", "v1", "linux", "amd64", ""},
    {"", "amd64", "v2", "linux", "amd64", "v2"},
    {"macos", "arm64", "9.0", "darwin", "arm64", "v9"},
    {"linux", "armhf", "v6", "linux", "arm", "v7"},
    {"linux", "armel", "", "linux", "arm", "v6"},
    {"linux", "arm", "", "linux", "arm", "v7"},
    {"linux", "arm", "5", "linux", "arm", "v5"},
    {"linux", "i386", "x", "linux", "386", ""},
    {"linux", "i686", "", "linux", "i686", ""},
    {"linux", "x86-64", "v3", "linux", "amd64", "v3"},
};

static void platforms_are_normalized(void **state)
{
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
        llb_platform p = {.os = platforms[i].os,
                          .arch = platforms[i].arch,
                          .variant = platforms[i].variant};
        const llb_state *s = llb_state_with_platform(llb_scratch(*state), &p);
        assert_string_equal(llb_state_platform(s)->os, platforms[i].to_os);
        assert_string_equal(llb_state_platform(s)->arch, platforms[i].to_arch);
        assert_string_equal(llb_state_platform(s)->variant,
                            platforms[i].to_variant);
    }
}

static void features_are_sorted_and_unique(void **state)
{
    const char *const list[] = {"b", "a", "b"};
    llb_platform p = {.os = "windows",
                      .arch = "amd64",
                      .os_features = list,
                      .n_os_features = 3};
    const llb_state *s = llb_state_with_platform(llb_scratch(*state), &p);
    const llb_platform *q = llb_state_platform(s);

    assert_int_equal(q->n_os_features, 2);
    assert_string_equal(q->os_features[0], "a");
    assert_string_equal(q->os_features[1], "b");
}

static const llb_state *config(llb_graph *g, const char *json)
{
    const llb_state *s = llb_dir(llb_scratch(g), "/at/hand");

    return llb_image_config(s, json, strlen(json));
}

static void image_config_sets_env_dir_and_platform(void **state)
{
    const llb_state *s =
        config(*state, "{\"os\":\"linux\",\"ARCHITECTURE\":\"aarch64\","
                       "\"config\":{\"env\":[\"A=1=2\",\"B\",\"=x\",\"A=3\"],"
                       "\"WorkingDir\":\"rel\",\"User\":\"me\"}}");

    assert_null(llb_state_error(s));
    assert_int_equal(llb_state_n_env(s), 2);
    assert_string_equal(llb_state_env(s, "A"), "3");
    assert_string_equal(llb_state_env(s, "B"), "");
    assert_string_equal(llb_state_env_at(s, 0).key, "B");
    assert_string_equal(llb_state_dir(s), "/at/hand/rel");
    assert_string_equal(llb_state_platform(s)->arch, "arm64");
    assert_null(llb_state_user(s));
}

static void empty_image_configs_are_fine(void **state)
{
    assert_string_equal(llb_state_dir(config(*state, "{}")), "/at/hand");
    assert_string_equal(llb_state_dir(config(*state, "null")), "/at/hand");
    assert_null(llb_state_platform(config(*state, "{\"os\":\"linux\"}")));
}

static void wrong_image_configs_are_errors(void **state)
{
    const char *const wrong[] = {"",
                                 "[]",
                                 "1",
                                 "{",
                                 "{\"config\":1}",
                                 "{\"config\":{\"Env\":\"A=1\"}}",
                                 "{\"config\":{\"Env\":[1]}}",
                                 "{\"os\":{}}"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(config(*state, wrong[i]), LLB_EINVAL, "image config");
}

static void run_values_stay_with_the_run(void **state)
{
    const llb_state *base =
        llb_env(llb_image(*state, "alpine", NULL), "K", "v");
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    o.args = &arg;
    o.n_args = 1;
    o.with = llb_dir(llb_env(base, "STEP", "1"), "/tmp");
    const llb_state *s = llb_exec_root(llb_run(base, &o));
    assert_null(llb_state_env(s, "STEP"));
    assert_string_equal(llb_state_env(s, "K"), "v");
    assert_string_equal(llb_state_dir(s), "/");
    assert_true(holds(s, "STEP=1"));
    assert_true(holds(s, "/tmp"));
}

static void args_of_the_state_are_the_default(void **state)
{
    const char *const args[] = {"from", "state"};
    const llb_state *base =
        llb_args(llb_image(*state, "alpine", NULL), args, 2);

    assert_true(holds(llb_exec_root(llb_run(base, NULL)), "from"));
    assert_false(holds(run1(base, "given"), "from"));
}

static void reset_takes_all_but_the_dir(void **state)
{
    llb_graph *g = *state;
    const llb_state *a = llb_env(llb_image(g, "alpine", NULL), "S", "1");
    const llb_state *o = llb_user(
        llb_dir(llb_env(llb_image(g, "busybox", NULL), "O", "1"), "/o"), "ou");
    const llb_state *s = llb_reset(a, o);

    assert_null(llb_state_env(s, "S"));
    assert_string_equal(llb_state_env(s, "O"), "1");
    assert_string_equal(llb_state_user(s), "ou");
    assert_string_equal(llb_state_dir(s), "/");
}

static void getters_of_failed_states_are_empty(void **state)
{
    const llb_state *s = llb_image(*state, "BAD", NULL);

    assert_non_null(llb_state_error(s));
    assert_null(llb_state_env(s, "A"));
    assert_int_equal(llb_state_n_env(s), 0);
    assert_string_equal(llb_state_dir(s), "");
    assert_null(llb_state_user(s));
    assert_null(llb_state_hostname(s));
    assert_null(llb_state_platform(s));
    assert_false(llb_state_is_scratch(s));
    assert_true(llb_state_is_scratch(llb_scratch(*state)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(setting_a_variable_again_moves_it),
        GRAPH_TEST(unset_hides_older_values),
        GRAPH_TEST(many_settings_keep_the_last),
        GRAPH_TEST(relative_dirs_clean_what_was_there),
        GRAPH_TEST(platforms_are_normalized),
        GRAPH_TEST(features_are_sorted_and_unique),
        GRAPH_TEST(image_config_sets_env_dir_and_platform),
        GRAPH_TEST(empty_image_configs_are_fine),
        GRAPH_TEST(wrong_image_configs_are_errors),
        GRAPH_TEST(run_values_stay_with_the_run),
        GRAPH_TEST(args_of_the_state_are_the_default),
        GRAPH_TEST(reset_takes_all_but_the_dir),
        GRAPH_TEST(getters_of_failed_states_are_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

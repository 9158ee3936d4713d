/* Graphs that go on from a definition: what was in it stays as it was. */
#include "helpers.h"

/* The definition of s with the first n bytes of from, wherever they stand in
 * it, written over with to. Metadata is not part of any digest. */
static llb_def *altered(const llb_state *s, const char *from, const char *to,
                        size_t n)
{
    llb_def *def = define(s), *other = NULL;
    llb_error err = {0};
    size_t len, hits = 0;
    const uint8_t *bytes = llb_def_bytes(def, &len);
    uint8_t *copy = malloc(len);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    for (size_t i = 0; i + n <= len; i++) {
        if (memcmp(copy + i, from, n) == 0) {
            memcpy(copy + i, to, n);
            hits++;
        }
    }
    assert_true(hits > 0);
    llb_def_free(def);
    if (llb_def_parse(copy, len, LLB_DEF_TAKE, &other, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return other;
}

static bool def_holds(const llb_def *def, const char *what, size_t n)
{
    size_t len;
    const uint8_t *bytes = llb_def_bytes(def, &len);

    return memmem(bytes, len, what, n) != NULL;
}

static const llb_state *load(llb_graph *g, llb_def *def)
{
    const llb_state *s = llb_state_from_def(g, def);

    llb_def_free(def);
    return s;
}

static void definition_comes_back_as_it_was(void **state)
{
    llb_graph *g = *state;
    llb_range r = {1, 0, 2, 0};
    llb_location l = {
        llb_source_map_new(g, llb_image(g, "src", NULL), "f", "llb", "t", 1),
        &r, 1};
    llb_progress_group group = {.id = "g", .weak = true};
    llb_constraints c = {.custom_name = "n",
                         .ignore_cache = 1,
                         .export_cache = LLB_EXPORT_CACHE_OFF,
                         .progress_group = &group,
                         .locations = &l,
                         .n_locations = 1};
    const char *arg = "x";
    llb_run_opts o = {.args = &arg, .n_args = 1, .constraints = &c};
    const llb_state *s =
        llb_exec_root(llb_run(llb_image(g, "alpine", NULL), &o));

    assert_true(same_def(s, load(g, define(s))));
}

static void unknown_caps_survive(void **state)
{
    llb_graph *g = *state;
    llb_def *def = altered(llb_image(g, "alpine", NULL), "\x0csource.image\x10",
                           "\x0csource.imagX\x10", 14);
    llb_def *again = define(load(g, def));

    assert_true(def_holds(again, "\x0csource.imagX\x10\x01", 15));
    assert_false(def_holds(again, "\x0csource.image\x10", 14));
    llb_def_free(again);
}

/* A cap that is there and false, until another call asks for it. */
static void false_caps_survive(void **state)
{
    llb_graph *g = *state;
    llb_def *def =
        altered(llb_image(g, "alpine", NULL), "\x0csource.image\x10\x01",
                "\x0csource.image\x10\x00", 15);
    const llb_state *s = load(g, def);
    llb_def *again = define(s);

    assert_true(def_holds(again, "\x0csource.image\x10\x00", 15));
    llb_def_free(again);
    const llb_state *in[] = {s, llb_image(g, "alpine", NULL)};
    again = define(llb_merge(g, in, 2, NULL));
    assert_int_equal(llb_def_n_ops(again), 3);
    assert_true(def_holds(again, "\x0csource.image\x10\x01", 15));
    llb_def_free(again);
}

/* Like Go's client: an op that is reached through two outputs is two calls,
 * and so are its locations. */
static void outputs_of_one_op_repeat_its_locations(void **state)
{
    llb_graph *g = *state;
    llb_range r = {1, 0, 1, 0};
    llb_location l = {llb_source_map_new(g, NULL, "f", NULL, "t", 1), &r, 1};
    llb_constraints c = {.locations = &l, .n_locations = 1};
    const char *arg = "x";
    llb_mount m = {.dest = "/m"};
    llb_run_opts o = {.args = &arg,
                      .n_args = 1,
                      .mounts = &m,
                      .n_mounts = 1,
                      .constraints = &c};
    llb_exec *e = llb_run(llb_image(g, "alpine", NULL), &o);
    const llb_state *both[] = {llb_exec_root(e), llb_exec_mount(e, "/m")};
    llb_def *def = define(llb_merge(g, both, 2, NULL));
    llb_def_place places[4];

    assert_int_equal(llb_def_op_places(def, 1, places, 4), 1);
    llb_def *again = define(load(g, def));
    assert_int_equal(llb_def_op_places(again, 1, places, 4), 2);
    llb_def_free(again);
}

static void empty_definition_is_scratch(void **state)
{
    const llb_state *s = load(*state, define(llb_scratch(*state)));

    assert_true(llb_state_is_scratch(s));
}

static void op_without_metadata_is_refused(void **state)
{
    llb_graph *g = *state;
    llb_def *def = define(llb_image(g, "alpine", NULL));
    llb_def_op last = llb_def_op_at(def, 1);
    size_t len;
    const uint8_t *bytes = llb_def_bytes(def, &len);
    llb_error err = {0};
    llb_def *bare = NULL;

    /* only Definition.def, which stands first */
    size_t end = (size_t)(last.data + last.len - bytes);
    assert_int_equal(llb_def_parse(bytes, end, 0, &bare, &err), LLB_OK);
    llb_def_free(def);
    refuse(load(g, bare), LLB_EINVAL, "no metadata");
}

/* Values start afresh, but for the platform of the op that it ends in. */
static void platform_comes_from_the_last_op(void **state)
{
    llb_graph *g = *state;
    llb_platform arm = {.os = "linux", .arch = "arm", .variant = "v6"};
    llb_constraints c = {.platform = &arm};
    llb_image_opts o = {.constraints = &c};
    const llb_state *s =
        load(g, define(llb_env(llb_image(g, "alpine", &o), "A", "1")));

    assert_string_equal(llb_state_platform(s)->variant, "v6");
    assert_int_equal(llb_state_n_env(s), 0);
    s = load(g, define(llb_local(g, "ctx", NULL)));
    assert_null(llb_state_platform(s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(definition_comes_back_as_it_was),
        GRAPH_TEST(unknown_caps_survive),
        GRAPH_TEST(false_caps_survive),
        GRAPH_TEST(outputs_of_one_op_repeat_its_locations),
        GRAPH_TEST(empty_definition_is_scratch),
        GRAPH_TEST(op_without_metadata_is_refused),
        GRAPH_TEST(platform_comes_from_the_last_op),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Definitions: digests that BuildKit's own client gives, one vertex for equal
 * ops, metadata of equal calls, source maps, and what a marshal leaves alone.
 */
#include "helpers.h"

static void digests_are_those_of_go(void **state)
{
    llb_graph *g = *state;
    const llb_state *alpine = llb_image(g, "alpine", NULL);
    const llb_state *busybox = llb_image(g, "busybox", NULL);
    const llb_state *both[] = {alpine, busybox};
    const llb_actions *none = llb_actions_new(g);

    check_digest(alpine, "sha256:a7f9733e307dd352c82d43053b783dd17bb2ec2c36214"
                         "908ce393e41545c8b51");
    check_digest(llb_local(g, "ctx", NULL),
                 "sha256:08ebd2884761e726b1f5f3d5b7258e0cf18ef3f542d644b9a1332e"
                 "8e441b1f03");
    check_digest(llb_git(g, "https://h/p.git", "main", NULL),
                 "sha256:f892564a2869eee6ab25d7552890603a52418c03b77e4308bf7130"
                 "32ee5c5546");
    check_digest(llb_http(g, "https://h/f", NULL),
                 "sha256:c5d923b3e598c22b52faacabe1cd5b1679466e547646c8608f90b1"
                 "a7a8ab48d7");
    check_digest(run1(alpine, "true"),
                 "sha256:953660fee644301ff966d20c6a83536fe270b4d5d97a505f2c6f99"
                 "99674c1c23");
    check_digest(
        llb_file(llb_scratch(g), llb_mkdir(none, "/d", 0755, NULL), NULL),
        "sha256:e21c0f8bb7e26b5f7c9db931311946d3b84dc2cb64150e8b4dbc344cd12b498"
        "1");
    check_digest(
        llb_file(alpine, llb_copy(none, busybox, "/a", "/b", NULL), NULL),
        "sha256:4d4ad506675f037472cc3d4c2b283967f76f4def10ef1c5cb02a7d3ee58868e"
        "c");
    check_digest(llb_merge(g, both, 2, NULL),
                 "sha256:44c74488bc91fcdb57d28daf5a5ed73fcf6ef651197870ce9fb9a1"
                 "961c71ec60");
    check_digest(llb_diff(alpine, busybox, NULL),
                 "sha256:66640e00c2f42d1713021a3c2f9e1750fbcfde6ed6455f9ab98408"
                 "bdae5a0b60");
    check_digest(llb_build(alpine, NULL),
                 "sha256:82437cfaf0f01c58634d77806c3b675f86402c66938ca0e104e985"
                 "6b578c2537");
    check_digest(llb_requires(alpine, "x", &busybox, 1),
                 "sha256:7bfb26c39d1ab63e1e2542f6d57a0ee8800c65136638ca63fb2d4f"
                 "95aef2c6a4");
}

static void terminal_names_the_result(void **state)
{
    llb_def *def = define(llb_image(*state, "alpine", NULL));

    assert_int_equal(llb_def_n_ops(def), 2);
    assert_string_equal(llb_def_digest(def),
                        "sha256:91d1ea452bdb17a7987049c214be5a0ebfc499b11003e05"
                        "7978043b827bee403");
    llb_def_free(def);
}

static void scratch_has_no_bytes(void **state)
{
    llb_def *def = define(llb_scratch(*state));
    size_t len;

    llb_def_bytes(def, &len);
    assert_int_equal(len, 0);
    assert_int_equal(llb_def_n_ops(def), 0);
    llb_def_free(def);
}

/* What we make must also be what we accept. */
static void definitions_are_verified(void **state)
{
    llb_graph *g = *state;
    const llb_state *a = llb_image(g, "alpine", NULL);
    const llb_state *s = llb_file(
        run1(a, "x"),
        llb_copy(llb_actions_new(g), run1(a, "y"), "/a", "b/", NULL), NULL);
    llb_def *def = define(s), *again;
    llb_error err = {0};
    size_t len;
    const uint8_t *bytes = llb_def_bytes(def, &len);

    assert_int_equal(llb_def_parse(bytes, len, 0, &again, &err), LLB_OK);
    assert_string_equal(llb_def_digest(def), llb_def_digest(again));
    llb_def_free(again);
    llb_def_free(def);
}

static void equal_calls_are_one_vertex(void **state)
{
    llb_graph *g = *state;
    const llb_state *in[3];

    for (int i = 0; i < 3; i++)
        in[i] = run1(llb_image(g, "alpine", NULL), "x");
    llb_def *def = define(llb_merge(g, in, 3, NULL));
    assert_int_equal(llb_def_n_ops(def), 4); /* image, exec, merge, terminal */
    assert_int_equal(llb_def_op_at(def, 2).n_inputs, 3);
    llb_def_free(def);
}

static const llb_state *named(const llb_state *base, const char *name,
                              llb_export_cache export_cache)
{
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_run_opts o = LLB_RUN_OPTS_INIT;
    const char *arg = "x";

    c.custom_name = name;
    c.export_cache = export_cache;
    o.args = &arg;
    o.n_args = 1;
    o.constraints = &c;
    return llb_exec_root(llb_run(base, &o));
}

/* The later of two calls with equal bytes gives the name, whichever of them is
 * made first. */
static void later_name_in_visiting_order_wins(void **state)
{
    llb_graph *g = *state;
    const llb_state *a = llb_image(g, "alpine", NULL);
    const llb_state *one = named(a, "one", LLB_EXPORT_CACHE_OFF);
    const llb_state *two = named(a, "two", LLB_EXPORT_CACHE_UNSET);
    const llb_state *order[] = {two, one};
    llb_def *def = define(llb_merge(g, order, 2, NULL));
    size_t len;
    const char *name = llb_def_op_description(def, 1, "llb.customname", &len);

    assert_non_null(name);
    assert_int_equal(len, 3);
    assert_memory_equal(name, "one", 3);
    /* 22 00: export_cache false, which only one of them said */
    llb_def_op op = llb_def_op_at(def, 1);
    assert_non_null(memmem(op.metadata, op.metadata_len, "\x22\x00", 2));
    llb_def_free(def);
}

static void platform_of_the_call_fills_in(void **state)
{
    llb_platform arm = {.os = "linux", .arch = "arm64"};
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    const llb_state *s = run1(llb_image(*state, "alpine", NULL), "x");
    llb_def *first = define(s), *second, *third;
    llb_def_platform p;

    c.platform = &arm;
    o.constraints = &c;
    assert_int_equal(llb_marshal(s, &o, &second, NULL), LLB_OK);
    assert_true(llb_def_op_platform(second, 1, &p));
    assert_int_equal(p.arch_len, 5);
    assert_memory_equal(p.arch, "arm64", 5);
    /* and the second marshal has left nothing behind */
    third = define(s);
    assert_string_equal(llb_def_digest(first), llb_def_digest(third));
    llb_def_free(first);
    llb_def_free(second);
    llb_def_free(third);
}

static void definition_outlives_its_graph(void **state)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_def *def = define(run1(llb_image(g, "alpine", NULL), "x"));

    (void)state;
    llb_graph_free(g);
    assert_int_equal(llb_def_n_ops(def), 3);
    assert_int_equal(llb_def_op_at(def, 1).kind, LLB_OP_EXEC);
    llb_def_free(def);
}

static void loaded_definition_goes_on(void **state)
{
    llb_graph *g = *state, *h = llb_graph_new(NULL);
    llb_def *def = define(
        named(llb_image(g, "alpine", NULL), "inner", LLB_EXPORT_CACHE_ON));
    const llb_state *s = llb_state_from_def(h, def);

    llb_def_free(def); /* the graph holds it */
    assert_null(llb_state_error(s));
    assert_string_equal(llb_state_platform(s)->arch, "amd64");
    llb_def *both = define(run1(s, "more"));
    assert_int_equal(llb_def_n_ops(both), 4);
    size_t len;
    const char *name = llb_def_op_description(both, 1, "llb.customname", &len);
    assert_memory_equal(name, "inner", 5);
    llb_def_free(both);
    llb_graph_free(h);
}

static const llb_state *located(llb_graph *g, const char *ref,
                                const llb_source_map *map, int32_t line)
{
    llb_range r = {line, 0, line, 4};
    llb_location l = {map, &r, 1};
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;

    c.locations = &l;
    c.n_locations = 1;
    o.constraints = &c;
    return llb_image(g, ref, &o);
}

static void locations_name_their_files(void **state)
{
    llb_graph *g = *state;
    const llb_source_map *m1 =
        llb_source_map_new(g, NULL, "a.llb", "llb", "one", 3);
    const llb_source_map *m2 =
        llb_source_map_new(g, NULL, "b.llb", "llb", "two", 3);
    const llb_source_map *m3 = /* equal to the first: no entry of its own */
        llb_source_map_new(g, NULL, "a.llb", "llb", "one", 3);
    const llb_state *in[] = {located(g, "x", m1, 3), located(g, "y", m2, 5),
                             located(g, "z", m3, 7)};
    llb_def *def = define(llb_merge(g, in, 3, NULL));
    llb_def_place p;

    assert_int_equal(llb_def_n_infos(def), 2);
    assert_int_equal(llb_def_op_places(def, 2, &p, 1), 1);
    assert_int_equal(p.info, 0);
    assert_int_equal(p.start_line, 7);
    assert_int_equal(llb_def_op_places(def, 1, &p, 1), 1);
    assert_int_equal(p.info, 1);
    assert_int_equal(llb_def_op_places(def, 3, &p, 1), 0);
    llb_def_free(def);
}

static void unused_source_map_is_not_sent(void **state)
{
    llb_graph *g = *state;

    llb_source_map_new(g, NULL, "secret.llb", NULL, "hidden text", 11);
    assert_false(holds(llb_image(g, "alpine", NULL), "hidden text"));
}

/* A file in a state whose place is in a file in a state ... */
static void nesting_of_source_maps_ends(void **state)
{
    llb_graph *g = *state;
    const llb_state *s = llb_image(g, "alpine", NULL);

    for (int i = 0; i < 6; i++) {
        const llb_source_map *m =
            llb_source_map_new(g, s, "f", NULL, &i, sizeof i);
        s = located(g, "alpine", m, 1);
    }
    llb_def_free(define(s));
    for (int i = 0; i < 6; i++) {
        const llb_source_map *m =
            llb_source_map_new(g, s, "g", NULL, &i, sizeof i);
        s = located(g, "alpine", m, 1);
    }
    refuse(s, LLB_ELIMIT, "source maps");
}

static void local_without_unique_id_is_reproducible(void **state)
{
    llb_graph *g = *state;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_def *def;
    size_t len;

    assert_int_equal(llb_marshal(llb_local(g, "ctx", NULL), &o, &def, NULL),
                     LLB_OK);
    const uint8_t *bytes = llb_def_bytes(def, &len);
    assert_null(memmem(bytes, len, "local.unique", 12));
    llb_def_free(def);
    assert_true(holds(llb_local(g, "ctx", NULL), "source.local.unique"));
}

static void graph_can_be_cleared_and_used_again(void **state)
{
    llb_graph *g = *state;
    llb_def *first = define(run1(llb_image(g, "alpine", NULL), "x"));

    llb_image(g, "BAD", NULL);
    assert_non_null(llb_graph_error(g));
    llb_graph_clear(g);
    assert_null(llb_graph_error(g));
    assert_int_equal(llb_graph_bytes(g), 0);
    llb_def *second = define(run1(llb_image(g, "alpine", NULL), "x"));
    assert_string_equal(llb_def_digest(first), llb_def_digest(second));
    llb_def_free(first);
    llb_def_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(digests_are_those_of_go),
        GRAPH_TEST(terminal_names_the_result),
        GRAPH_TEST(scratch_has_no_bytes),
        GRAPH_TEST(definitions_are_verified),
        GRAPH_TEST(equal_calls_are_one_vertex),
        GRAPH_TEST(later_name_in_visiting_order_wins),
        GRAPH_TEST(platform_of_the_call_fills_in),
        cmocka_unit_test(definition_outlives_its_graph),
        GRAPH_TEST(loaded_definition_goes_on),
        GRAPH_TEST(locations_name_their_files),
        GRAPH_TEST(unused_source_map_is_not_sent),
        GRAPH_TEST(nesting_of_source_maps_ends),
        GRAPH_TEST(local_without_unique_id_is_reproducible),
        GRAPH_TEST(graph_can_be_cleared_and_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

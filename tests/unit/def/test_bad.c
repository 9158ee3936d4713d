/* What BuildKit refuses, crashes on or never saw: one clear error each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <llb/def.h>

#include "pb.h"

static pb src(void) { return pb_source("local://x"); }

/* A definition of the source, an op on it with that body, and a terminal. */
static pb with_op(pb body)
{
    pb op = pb_cat(pb_input(src(), 0), body);
    return pb_cat(pb_def(src()), pb_def(op), pb_end(op));
}

static pb args(void) { return pb_len(1, pb_str(1, "true")); }
static pb root(void) { return pb_len(2, pb_str(3, "/")); }

static pb exec_with(pb mount)
{
    return with_op(pb_len(2, pb_cat(args(), root(), mount)));
}

static pb mount(pb more)
{
    return pb_len(2, pb_cat(pb_int(4, -1), pb_str(3, "/m"), more));
}

static pb file_with(pb action, pb action2)
{
    return with_op(
        pb_len(4, pb_cat(pb_len(2, action),
                         action2.len ? pb_len(2, action2) : (pb){NULL, 0})));
}

static pb nothing(void) { return (pb){"", 0}; }
static pb rm(void) { return pb_len(7, pb_str(1, "/x")); }

/* ---- bytes ---- */

static pb empty(void) { return nothing(); }
static pb no_ops(void) { return pb_entry(2, pb_digest(src()), nothing()); }
static pb json(void) { return pb_text("{\"def\":[]}\n"); }
static pb gzip(void) { return pb_text("\x1f\x8b\x08"); }
static pb text(void) { return pb_text("FROM alpine\nRUN true\n"); }
static pb good(void) { return pb_cat(pb_def(src()), pb_end(src())); }
static pb cut_one(void)
{
    pb g = good();
    return (pb){g.data, g.len - 1};
}
static pb cut_half(void)
{
    pb g = good();
    return (pb){g.data, g.len / 2};
}
static pb newline_after(void) { return pb_cat(good(), pb_text("\n")); }
static pb tag_zero(void) { return pb_cat(((pb){"\0", 1}), good()); }
static pb group(void) { return pb_text("\x0b\x0b\x0b"); }
static pb huge_length(void)
{
    return pb_text("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01x");
}
static pb long_varint(void)
{
    return pb_text("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}
static pb fixed_cut(void) { return pb_text("\x7d\x01"); }
static pb def_is_number(void) { return pb_int(1, 3); }

/* ---- messages ---- */

static pb wrong_wire_type(void) { return with_op(pb_len(3, pb_int(1, 3))); }
static pb two_kinds(void)
{
    return with_op(pb_cat(pb_len(2, nothing()), pb_len(4, nothing())));
}
static pb twice(void)
{
    return with_op(pb_len(3, pb_cat(pb_str(1, "a://"), pb_str(1, "b://"))));
}
static pb not_utf8(void) { return with_op(pb_len(3, pb_str(1, "a://\xff"))); }
static pb two_sources(void)
{
    return pb_cat(good(), pb_len(3, nothing()), pb_len(3, nothing()));
}
static pb bad_packed(void)
{
    return with_op(
        pb_len(8, pb_cat(pb_str(1, "id"), pb_len(2, pb_text("\xff")))));
}
static pb deep(void)
{
    /* Definition.Source.infos.definition, again and again */
    pb d = pb_cat(pb_def(src()));
    for (int i = 0; i < 40; i++)
        d = pb_len(3, pb_len(2, pb_len(3, d)));
    return pb_cat(good(), d);
}

/* ---- the graph ---- */

static pb one_op(void) { return pb_def(src()); }
static pb one_op_twice(void) { return pb_cat(pb_def(src()), pb_def(src())); }
static pb lost_input(void)
{
    return pb_cat(pb_def(src()),
                  pb_def(pb_len(1, pb_str(1, "sha256:00000000000000000000000000"
                                             "000000000000000000000000000000000"
                                             "00000"))));
}
static pb odd_digest(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_len(1, pb_str(1, "sha256:zz"))));
}
static pb no_algorithm(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_len(1, pb_str(1, "../../etc"))));
}
static pb no_digest(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_len(1, pb_int(2, 1))));
}
static pb bad_index(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_input(src(), 5)));
}
static pb minus_index(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_input(src(), -1)));
}
static pb two_results(void)
{
    pb a = src(), b = pb_source("local://y");
    return pb_cat(pb_def(a), pb_def(b),
                  pb_def(pb_cat(pb_input(a, 0), pb_input(b, 0))));
}
static pb no_result(void)
{
    return pb_cat(pb_def(src()), pb_def(pb_len(11, nothing())));
}
static pb terminal_first(void) { return pb_cat(pb_end(src()), pb_def(src())); }
static pb terminal_with_op(void)
{
    return pb_cat(pb_def(src()),
                  pb_def(pb_cat(pb_input(src(), 0), pb_source("a://"))));
}
static pb kindless(void) { return with_op(pb_len(9, nothing())); }
static pb unseen_lost(void)
{
    pb stray = pb_len(1, pb_str(1, "sha256:1"));
    return pb_cat(pb_def(src()), pb_def(stray), pb_end(src()));
}

/* ---- ops ---- */

static pb source_no_identifier(void) { return with_op(pb_len(3, nothing())); }
static pb source_no_scheme(void) { return with_op(pb_source("alpine")); }
static pb exec_nil_meta(void) { return with_op(pb_len(2, nothing())); }
static pb exec_no_args(void)
{
    return with_op(pb_len(2, pb_cat(pb_len(1, pb_str(3, "/")), root())));
}
static pb exec_no_mounts(void) { return with_op(pb_len(2, args())); }
static pb exec_no_root(void)
{
    return with_op(pb_len(2, pb_cat(args(), mount(nothing()))));
}
static pb exec_root_type(void)
{
    return with_op(pb_len(
        2, pb_cat(args(), pb_len(2, pb_cat(pb_str(3, "/"), pb_int(6, 4))))));
}
static pb exec_mount_input(void) { return exec_with(mount(pb_int(1, 7))); }
static pb exec_mount_type(void) { return exec_with(mount(pb_int(6, 99))); }
static pb exec_secret(void) { return exec_with(mount(pb_int(6, 1))); }
static pb exec_ssh(void) { return exec_with(mount(pb_int(6, 2))); }
static pb exec_cache(void) { return exec_with(mount(pb_int(6, 3))); }
static pb exec_content_cache(void)
{
    return exec_with(
        pb_len(2, pb_cat(pb_str(2, "/s"), pb_str(3, "/m"), pb_int(24, 1))));
}
static pb exec_output(void)
{
    pb op = pb_cat(pb_input(src(), 0), pb_len(2, pb_cat(args(), root())));
    return pb_cat(pb_def(src()), pb_def(op), pb_def(pb_input(op, 1)));
}
static pb file_no_actions(void) { return with_op(pb_len(4, nothing())); }
static pb file_no_kind(void) { return file_with(pb_int(1, 0), nothing()); }
static pb file_input(void)
{
    return file_with(pb_cat(pb_int(1, 2), rm()), nothing());
}
static pb file_second(void)
{
    return file_with(pb_cat(pb_int(2, -2), rm()), nothing());
}
static pb file_self(void)
{
    return file_with(pb_cat(pb_int(1, 1), rm()), nothing());
}
static pb file_loop(void)
{
    return file_with(pb_cat(pb_int(1, 2), pb_int(3, -1), rm()),
                     pb_cat(pb_int(1, 1), rm()));
}
static pb file_no_output(void)
{
    return file_with(pb_cat(pb_int(3, -1), rm()), nothing());
}
static pb file_same_output(void) { return file_with(rm(), rm()); }
static pb file_output_gap(void)
{
    return file_with(pb_cat(pb_int(3, 1), rm()), nothing());
}
static pb file_owner(void)
{
    pb by_name = pb_len(1, pb_cat(pb_str(1, "u"), pb_int(2, 9)));
    pb owner = pb_len(4, pb_len(1, by_name));
    return file_with(pb_len(6, pb_cat(pb_str(1, "/d"), owner)), nothing());
}
static pb merge_input(void)
{
    return with_op(pb_len(6, pb_len(1, pb_int(1, 1))));
}
static pb merge_none(void) { return with_op(pb_len(6, nothing())); }
static pb diff_no_upper(void) { return with_op(pb_len(7, pb_str(1, ""))); }
static pb diff_input(void)
{
    return with_op(pb_len(7, pb_cat(pb_str(1, ""), pb_len(2, pb_int(1, 4)))));
}
static pb build_builder(void) { return with_op(pb_len(5, pb_int(1, 0))); }
static pb build_no_input(void) { return with_op(pb_len(5, pb_int(1, -1))); }
static pb build_input(void)
{
    pb in = pb_entry(2, "buildkit.llb.definition", pb_int(1, 3));
    return with_op(pb_len(5, pb_cat(pb_int(1, -1), in)));
}
static pb pass_no_id(void) { return with_op(pb_len(8, pb_int(2, 0))); }
static pb pass_no_output(void) { return with_op(pb_len(8, pb_str(1, "i"))); }
static pb pass_output(void)
{
    return with_op(
        pb_len(8, pb_cat(pb_str(1, "i"), pb_len(2, pb_text("\x03")))));
}
static pb no_such_info(void)
{
    pb location = pb_len(1, pb_int(1, 0));
    return pb_cat(good(), pb_len(3, pb_entry(1, pb_digest(src()), location)));
}

static struct bad_case {
    const char *name;
    pb (*make)(void);
    const char *says; /* part of the message */
} cases[] = {
    {"nothing is said to hold no ops", empty, "holds no ops"},
    {"metadata alone holds no ops", no_ops, "holds no ops"},
    {"JSON is named", json, "this is JSON"},
    {"gzip is named", gzip, "this is gzip"},
    {"text is named", text, "this is text"},
    {"a byte too few", cut_one, "longer than what is left"},
    {"half a definition", cut_half, "longer than what is left"},
    {"a newline behind it", newline_after, "byte 92: "},
    {"field number zero", tag_zero, "byte 0: a field number out of range"},
    {"a group", group, "a group"},
    {"a length of 2^63", huge_length, "longer than what is left"},
    {"a varint without end", long_varint, "more than 64 bits"},
    {"half a fixed number", fixed_cut, "cut off by the end"},
    {"an op that is a number", def_is_number, "op 0, byte 0: Definition"},
    {"a text that is a number", wrong_wire_type,
     "SourceOp.identifier: it has the wrong wire type"},
    {"an op of two kinds", two_kinds, "Op.file: only one member"},
    {"a field twice", twice, "SourceOp.identifier: it is there twice"},
    {"text that is no UTF-8", not_utf8, "SourceOp.identifier: the text is not"},
    {"two Source messages", two_sources, "Source: it is there twice"},
    {"packed numbers cut off", bad_packed, "PassthroughOp.outputs: a number"},
    {"nesting without end", deep, "nested too deeply"},
    {"one op", one_op, "a terminal op is missing"},
    {"one op twice", one_op_twice, "a terminal op is missing"},
    {"an input that is not there", lost_input,
     "input 0 is sha256:0000000000000000000000000000000000000000000000000000000"
     "000000000, and no op"},
    {"a digest that is none", odd_digest, "\"sha256:zz\", which is no digest"},
    {"a path for a digest", no_algorithm, "\"../../etc\", which is no digest"},
    {"an input without digest", no_digest, "input 0 names no op"},
    {"an output that is not there", bad_index,
     "input 0 wants output 5 of op 0, which has 1"},
    {"output -1", minus_index, "input 0 wants output -1"},
    {"a terminal with two inputs", two_results, "2 inputs and must"},
    {"a terminal without input", no_result, "0 inputs and must"},
    {"a terminal that is not last", terminal_first, "the last op must be"},
    {"a terminal that does something", terminal_with_op, "the last op must be"},
    {"an op of no kind", kindless, "op 1 (sha256:"},
    {"an unused op with a lost input", unseen_lost, "op 1 (sha256:"},
    {"a source without identifier", source_no_identifier, "has no scheme"},
    {"a source without scheme", source_no_scheme, "\"alpine\" has no scheme"},
    {"an exec without meta", exec_nil_meta, "exec: it has no meta"},
    {"an exec without args", exec_no_args, "exec: it has no args"},
    {"an exec without mounts", exec_no_mounts, "exec: it has no mounts"},
    {"an exec without root", exec_no_root, "exec: it has no root file system"},
    {"a root that is a tmpfs", exec_root_type, "the root must be of type BIND"},
    {"a mount of no input", exec_mount_input,
     "the mount at \"/m\" takes input 7, but the op has 1"},
    {"a mount of no type", exec_mount_type, "no such mount type"},
    {"a secret without id", exec_secret, "needs secretOpt.ID"},
    {"ssh without options", exec_ssh, "needs SSHOpt"},
    {"a cache without options", exec_cache, "needs cacheOpt"},
    {"content cache where unsafe", exec_content_cache, "contentCache ON"},
    {"an exec's second output", exec_output, "output 1 of op 1, which has 1"},
    {"a file op without actions", file_no_actions, "file: it has no actions"},
    {"an action of no kind", file_no_kind, "action 0: it is no copy"},
    {"an action's input", file_input, "action 0: its input is out of range"},
    {"an action's second input", file_second, "secondaryInput is out of range"},
    {"an action on itself", file_self, "action 0: it needs its own result"},
    {"actions in a ring", file_loop, "action 0: it needs its own result"},
    {"a file op without output", file_no_output, "no action has an output"},
    {"two actions of one output", file_same_output, "has the same output"},
    {"a gap in outputs", file_output_gap, "leaves a gap"},
    {"an owner from no input", file_owner, "owner is looked up in"},
    {"a merge of no input", merge_input, "merge takes input 1"},
    {"a merge of nothing", merge_none, "it merges nothing"},
    {"a diff of one side", diff_no_upper, "diff: it has no upper side"},
    {"a diff of no input", diff_input, "the upper side of diff takes input 4"},
    {"a builder of no kind", build_builder, "builder is 0"},
    {"a build of nothing", build_no_input, "no input named buildkit.llb."},
    {"a build of no input", build_input, "build takes input 3"},
    {"a passthrough without id", pass_no_id, "it has no id"},
    {"a passthrough without output", pass_no_output, "it has no output"},
    {"a passthrough of no input", pass_output, "takes input 3"},
    {"a place in no file", no_such_info, "names source file 0"},
};

static void check_bad(void **state)
{
    const struct bad_case *c = *state;
    llb_def *d = NULL;
    llb_error err = {0};
    pb b = c->make();

    llb_status st = llb_def_parse(b.data, b.len, 0, &d, &err);
    if (st != LLB_EINVAL || d)
        fail_msg("status %d", st);
    if (!strstr(err.message, c->says))
        fail_msg("\"%s\" should say \"%s\"", err.message, c->says);
    pb_free_all();
}

static void good_is_good(void **state)
{
    llb_def *d = NULL;
    llb_error err = {0};
    pb b = good();
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_int_equal(llb_def_n_ops(d), 2);
    llb_def_free(d);
    pb_free_all();
}

static void two_ends_run_the_last(void **state)
{
    pb end = pb_cat(pb_input(src(), 0), pb_len(11, nothing()));
    pb b = pb_cat(pb_def(src()), pb_end(src()), pb_def(end));
    llb_def *d = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_string_equal(llb_def_digest(d), pb_digest(end));
    llb_def_free(d);
    pb_free_all();
}

static void order_is_free_but_for_the_terminal(void **state)
{
    pb op = pb_cat(pb_input(src(), 0), pb_len(2, pb_cat(args(), root())));
    pb b = pb_cat(pb_def(op), pb_def(src()), pb_end(op));
    llb_def *d = NULL;
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb_def_parse(b.data, b.len, 0, &d, &err), LLB_OK);
    assert_int_equal(llb_def_op_input(d, 0, 0, NULL), 1);
    llb_def_free(d);
    pb_free_all();
}

static void nothing_is_scratch_when_allowed(void **state)
{
    llb_def *d = NULL;
    llb_error err = {0};
    char *out;
    size_t len = 1;
    (void)state;

    assert_int_equal(llb_def_parse("", 0, LLB_DEF_EMPTY_OK, &d, &err), LLB_OK);
    assert_non_null(llb_def_bytes(d, &len));
    assert_int_equal(len, 0);
    assert_string_equal(llb_def_digest(d), "");
    assert_false(llb_def_needs_session(d));
    assert_int_equal(llb_def_print(d, LLB_DEF_JSON, &out, NULL, &err), LLB_OK);
    assert_string_equal(out, "{\n  \"metadata\": {},\n  \"ops\": [],\n"
                             "  \"source\": null\n}\n");
    free(out);
    llb_def_free(d);
}

/* A failed parse leaves taken bytes to the caller: ASan watches. */
static void taken_bytes_come_back_on_failure(void **state)
{
    llb_def *d = NULL;
    llb_error err = {0};
    char *bytes = strdup("junk");
    (void)state;

    assert_int_equal(llb_def_parse(bytes, 4, LLB_DEF_TAKE, &d, &err),
                     LLB_EINVAL);
    assert_string_equal(bytes, "junk");
    free(bytes);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 5] = {
        cmocka_unit_test(good_is_good),
        cmocka_unit_test(two_ends_run_the_last),
        cmocka_unit_test(order_is_free_but_for_the_terminal),
        cmocka_unit_test(nothing_is_scratch_when_allowed),
        cmocka_unit_test(taken_bytes_come_back_on_failure),
    };
    for (size_t i = 0; i < N; i++)
        tests[5 + i] = (struct CMUnitTest){cases[i].name, check_bad, NULL, NULL,
                                           &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

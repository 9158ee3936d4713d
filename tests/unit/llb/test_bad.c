/* Bad input to every public call of libllb: each pointer NULL, each text empty,
 * huge, broken or full of control characters, each object failed or of another
 * graph, each number out of range, each option struct of a wrong size. What
 * fails says which call and which argument; nothing crashes.
 *
 * A test compares the calls that were made with the exported symbols, so that
 * a new call cannot stay out.
 */
#include "bad_rows.h"

#include <limits.h>

/* ---- What was called ----------------------------------------------------- */

static const char *called[512];
static size_t n_called;

static void note(const char *call)
{
    for (size_t i = 0; i < n_called; i++)
        if (strcmp(called[i], call) == 0)
            return;
    assert_true(n_called < sizeof called / sizeof *called);
    called[n_called++] = call;
}

#define HOLDS(call, condition)                                                 \
    do {                                                                       \
        note(#call);                                                           \
        assert_true(condition);                                                \
    } while (0)

/* ---- The world ----------------------------------------------------------- */

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    world_of(w, llb_graph_new(NULL));
    w->other = llb_graph_new(NULL);
    w->def = define(w->s);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    llb_def_free(w->def);
    llb_graph_free(w->other);
    llb_graph_free(w->g);
    free(w);
    return 0;
}

/* ---- Judging ------------------------------------------------------------- */

/* s, made by call of a bad argument, has failed and says so. */
static void says(const llb_state *s, llb_status status, const char *call,
                 const char *argument)
{
    const llb_error *err = llb_state_error(s);
    size_t len = strlen(call);

    assert_non_null(s);
    if (!err)
        fail_msg("%s takes a bad %s", call, argument);
    if (err->status != status)
        fail_msg("%s: %s: %s", call, llb_status_name(err->status),
                 err->message);
    /* "llb_env (call 7): ..." or "llb_env: ..." or "FILE:1: llb_env: ..." */
    const char *at = strstr(err->message, call);
    if (!at || (at[len] != ':' && at[len] != ' '))
        fail_msg("\"%s\" does not say %s", err->message, call);
    if (!strstr(err->message, argument))
        fail_msg("%s: \"%s\" does not say %s", call, err->message, argument);
    for (const char *p = err->message; *p; p++)
        assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
}

/* s is good, or it says which call did not like its argument. */
static void is_good_or_says(const llb_state *s, const char *call)
{
    const llb_error *err = llb_state_error(s);

    if (!err)
        llb_def_free(define(s));
    else
        says(s, err->status, call, "");
}

/* ---- Texts --------------------------------------------------------------- */

static void every_text_may_be_bad(void **state)
{
    static const char *const odd[] = {"", "\x1b[2J\a\n\r", "/../..//./", "%s%n",
                                      "\xf4\x8f\xbf\xbf"};
    const struct world *w = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct row *r = &texts[i];
        note(r->call);
        const llb_state *s = of_text(w, i, NULL);
        if (r->flags)
            is_good_or_says(s, r->call);
        else
            says(s, LLB_EINVAL, r->call, r->argument);
        says(of_text(w, i, "a\xff"), LLB_EINVAL, r->call, r->argument);
        says(of_text(w, i, "\xed\xa0\x80"), LLB_EINVAL, r->call, r->argument);
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
            is_good_or_says(of_text(w, i, odd[k]), r->call);
    }
}

static void every_text_may_be_huge(void **state)
{
    static char huge[(1 << 20) + 1];
    const struct world *w = *state;

    memset(huge, 'a', sizeof huge - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const llb_state *s = of_text(w, i, huge);
        const llb_error *err = llb_state_error(s);
        if (err)
            says(s, err->status, texts[i].call, "");
    }
}

/* ---- Objects ------------------------------------------------------------- */

static void every_object_may_be_null(void **state)
{
    const struct world *w = *state;

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const struct row *r = &objects[i];
        note(r->call);
        if (r->flags & N)
            is_good_or_says(of_object(w, i, NULL), r->call);
        else
            says(of_object(w, i, NULL), LLB_EINVAL, r->call, r->argument);
    }
}

static void every_object_may_be_of_another_graph(void **state)
{
    const struct world *w = *state;
    struct world other = {0};

    world_of(&other, w->other);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const struct row *r = &objects[i];
        const void *p = pick(&other, r->type);
        if (!p)
            continue;
        const llb_state *s = of_object(w, i, p);
        if (!(r->flags & M)) {
            is_good_or_says(s, r->call);
            continue;
        }
        const llb_error *err = llb_state_error(s);
        if (!err || err->status != LLB_EINVAL ||
            !strstr(err->message, "another graph"))
            fail_msg("%s takes its %s of another graph: %s", r->call,
                     r->argument, err ? err->message : "good");
    }
}

/* Whatever it goes through, the first failure is the one that is told. */
static void every_object_may_have_failed(void **state)
{
    const struct world *w = *state;
    const llb_state *s = llb_image(w->g, "BAD", NULL);
    struct world bad = {.g = w->g, .s = s};

    bad.a = llb_copy(w->a, s, "/", "/", NULL);
    bad.b = llb_actions_bind(bad.a, w->s);
    bad.e = llb_run(s, NULL);
    bad.map = llb_source_map_new(w->g, s, "f", NULL, "", 0);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const struct row *r = &objects[i];
        const void *p = pick(&bad, r->type);
        if (!p || p == w->g)
            continue;
        const llb_error *err = llb_state_error(of_object(w, i, p));
        if (err != llb_state_error(s))
            fail_msg("%s, failed %s: %s", r->call, r->argument,
                     err ? err->message : "good");
    }
}

/* Failures that no graph owns are handed on like all others. */
static void every_object_may_come_from_null(void **state)
{
    const struct world *w = *state;
    const llb_state *s = llb_image(NULL, "x", NULL);
    struct world bad = {.s = s, .a = llb_mkdir(NULL, "/", 0, NULL)};

    bad.b = llb_actions_bind(w->a, s);
    bad.e = llb_run(s, NULL);
    bad.map = llb_source_map_new(w->g, s, "f", NULL, "", 0);
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const struct row *r = &objects[i];
        const void *p = pick(&bad, r->type);
        if (p)
            says(of_object(w, i, p), LLB_EINVAL,
                 p == bad.a ? "llb_mkdir" : "llb_image", " is NULL");
    }
}

/* ---- Option structs ------------------------------------------------------ */

#define OPTION_ROW(call, type, ...) {#call, "", (int)sizeof(type), #type},
static const struct row options[] = {OPTIONS(OPTION_ROW)};

#define MAKE_OF_OPTIONS(call, type, ...)                                       \
    if (row-- == 0) {                                                          \
        const type *t = p;                                                     \
        return __VA_ARGS__;                                                    \
    }

static const llb_state *of_options(const struct world *w, size_t row,
                                   const void *p)
{
    OPTIONS(MAKE_OF_OPTIONS)
    return NULL;
}

static void every_option_struct_may_have_a_wrong_size(void **state)
{
    static union {
        uint32_t size;
        max_align_t align;
        char bytes[512];
    } given;
    const struct world *w = *state;

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const struct row *r = &options[i];
        size_t known = (size_t)r->flags;
        /* llb_symlink_opts is another name of llb_mkfile_opts. */
        const char *type = strcmp(r->type, "llb_symlink_opts") == 0 ||
                                   strcmp(r->type, "llb_mkfile_opts") == 0
                               ? "opts"
                               : r->type;
        note(r->call);
        memset(&given, 0, sizeof given);
        for (uint32_t size = 1; size < 8; size++) {
            given.size = size;
            says(of_options(w, i, &given), LLB_EINVAL, r->call, type);
        }
        given.size = UINT32_MAX;
        says(of_options(w, i, &given), LLB_EINVAL, r->call, type);
        given.size = (uint32_t)known + 8;
        given.bytes[known + 7] = 1;
        says(of_options(w, i, &given), LLB_EINVAL, r->call, type);
        given.bytes[known + 7] = 0;
        is_good_or_says(of_options(w, i, &given), r->call);
        given.size = 0;
        is_good_or_says(of_options(w, i, &given), r->call);
    }
}

/* ---- Numbers and lists --------------------------------------------------- */

#define NUMBER_ROW(call, argument, ...) {#call, argument, 0, ""},
static const struct row numbers[] = {NUMBERS(NUMBER_ROW)};

#define MAKE_OF(call, argument, ...)                                           \
    if (row-- == 0)                                                            \
        return __VA_ARGS__;

static const llb_state *of_number(const struct world *w, size_t row, int v)
{
    NUMBERS(MAKE_OF)
    return NULL;
}

static void every_number_may_be_out_of_range(void **state)
{
    static const int wrong[] = {-1, 3, INT_MIN, INT_MAX};
    const struct world *w = *state;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct row *r = &numbers[i];
        note(r->call);
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
            says(of_number(w, i, wrong[k]), LLB_EINVAL, r->call, r->argument);
    }
}

#define LIST_ROW(call, argument, ...) {#call, argument, 0, ""},
static const struct row lists[] = {LISTS(LIST_ROW)};

static const llb_state *of_list(const struct world *w, size_t row,
                                const void *p, size_t n)
{
    LISTS(MAKE_OF)
    return NULL;
}

/* SIZE_MAX is a -1 that somebody forgot to look at. */
static void every_list_may_be_missing_or_endless(void **state)
{
    static const uint64_t something[8];
    const struct world *w = *state;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct row *r = &lists[i];
        note(r->call);
        says(of_list(w, i, NULL, 3), LLB_EINVAL, r->call, r->argument);
        says(of_list(w, i, something, SIZE_MAX), LLB_ELIMIT, r->call,
             r->argument);
        is_good_or_says(of_list(w, i, NULL, 0), r->call);
    }
}

/* ---- Calls that give no state -------------------------------------------- */

static void getters_take_null_and_failed_states(void **state)
{
    const struct world *w = *state;
    const llb_state *bad[] = {NULL, llb_image(w->g, "BAD", NULL),
                              llb_image(NULL, "x", NULL)};

    for (size_t i = 0; i < 3; i++) {
        const llb_state *s = bad[i];
        llb_pair *list = NULL;
        size_t n = 9;
        HOLDS(llb_state_error, llb_state_error(s));
        HOLDS(llb_state_is_scratch, !llb_state_is_scratch(s));
        HOLDS(llb_state_env, !llb_state_env(s, "K"));
        HOLDS(llb_state_n_env, llb_state_n_env(s) == 0);
        HOLDS(llb_state_env_at, !llb_state_env_at(s, 0).key);
        HOLDS(llb_state_env_list, llb_state_env_list(s, &list, &n) == LLB_OK);
        assert_int_equal(n, 0);
        free(list);
        HOLDS(llb_state_dir, strcmp(llb_state_dir(s), "") == 0);
        HOLDS(llb_state_user, !llb_state_user(s));
        HOLDS(llb_state_hostname, !llb_state_hostname(s));
        HOLDS(llb_state_platform, !llb_state_platform(s));
    }
    assert_null(llb_state_env(w->s, NULL));
    assert_null(llb_state_env_at(w->s, SIZE_MAX).key);
    assert_int_equal(llb_state_env_list(w->s, NULL, NULL), LLB_EINVAL);
}

static void graph_calls_take_null(void **state)
{
    llb_graph_opts o = {.size = 4};

    (void)state;
    HOLDS(llb_graph_new, !llb_graph_new(&o));
    HOLDS(llb_graph_bytes, llb_graph_bytes(NULL) == 0);
    HOLDS(llb_graph_error, llb_graph_error(NULL)->status == LLB_EINVAL);
    note("llb_graph_free");
    llb_graph_free(NULL);
    note("llb_graph_clear");
    llb_graph_clear(NULL);
}

static void names_take_any_number(void **state)
{
    (void)state;
    for (int i = -1; i < 1000; i += 37) {
        HOLDS(llb_status_name, *llb_status_name((llb_status)i));
        HOLDS(llb_op_kind_name, *llb_op_kind_name((llb_op_kind)i));
    }
}

/* A status call of NULL: it failed, says so, and set nothing. */
#define REFUSES(call, argument, ...)                                           \
    do {                                                                       \
        llb_error err = {0};                                                   \
        note(#call);                                                           \
        assert_int_equal(call(__VA_ARGS__), LLB_EINVAL);                       \
        assert_int_equal(err.status, LLB_EINVAL);                              \
        if (!strstr(err.message, #call ": ") ||                                \
            !strstr(err.message, argument))                                    \
            fail_msg("%s: %s", #call, err.message);                            \
    } while (0)

static bool no_more(void *ctx, const char *text, size_t len)
{
    (void)ctx;
    (void)text;
    (void)len;
    return false;
}

static void status_calls_name_what_is_null(void **state)
{
    const struct world *w = *state;
    llb_def *def = NULL;
    llb_def_needs *needs = NULL;
    llb_def_changes *changes = NULL;
    char *text = NULL;

    REFUSES(llb_marshal, "s is NULL", NULL, NULL, &def, &err);
    REFUSES(llb_marshal, "ret_def is NULL", w->s, NULL, NULL, &err);
    REFUSES(llb_image_ref_normalize, "ref is NULL", NULL, &text, &err);
    REFUSES(llb_image_ref_normalize, "ret_ref is NULL", "x", NULL, &err);
    REFUSES(llb_def_parse, "data is NULL", NULL, 4, 0, &def, &err);
    REFUSES(llb_def_parse, "ret_def is NULL", "", 0, 0, NULL, &err);
    REFUSES(llb_def_parse, "flags", "", 0, 0xfff0, &def, &err);
    REFUSES(llb_def_print, "def is NULL", NULL, LLB_DEF_JSON, &text, NULL,
            &err);
    REFUSES(llb_def_print, "ret_text is NULL", w->def, LLB_DEF_JSON, NULL, NULL,
            &err);
    REFUSES(llb_def_print_to, "def is NULL", NULL, LLB_DEF_JSON, no_more, NULL,
            &err);
    REFUSES(llb_def_print_to, "write is NULL", w->def, LLB_DEF_JSON, NULL, NULL,
            &err);
    REFUSES(llb_def_print_op, "def is NULL", NULL, 0, &text, NULL, &err);
    REFUSES(llb_def_print_op, "ret_text is NULL", w->def, 0, NULL, NULL, &err);
    REFUSES(llb_def_print_op, "i cannot be", w->def, SIZE_MAX, &text, NULL,
            &err);
    REFUSES(llb_def_diff, "a is NULL", NULL, w->def, &text, &err);
    REFUSES(llb_def_diff, "b is NULL", w->def, NULL, &text, &err);
    REFUSES(llb_def_diff, "ret_text is NULL", w->def, w->def, NULL, &err);
    REFUSES(llb_def_changes_of, "a is NULL", NULL, w->def, &changes, &err);
    REFUSES(llb_def_changes_of, "b is NULL", w->def, NULL, &changes, &err);
    REFUSES(llb_def_changes_of, "ret_changes is NULL", w->def, w->def, NULL,
            &err);
    REFUSES(llb_def_needs_of, "def is NULL", NULL, &needs, &err);
    REFUSES(llb_def_needs_of, "ret_needs is NULL", w->def, NULL, &err);
    REFUSES(llb_def_patch_locals, "def is NULL", NULL, "u", &def, &err);
    REFUSES(llb_def_patch_locals, "ret_def is NULL", w->def, "u", NULL, &err);
    assert_null(def);
    assert_null(text);
    assert_null(needs);
    assert_int_equal(llb_def_parse("", SIZE_MAX, 0, &def, NULL), LLB_ELIMIT);
    assert_int_equal(
        llb_def_print(w->def, (llb_def_format)9, &text, NULL, NULL),
        LLB_EINVAL);
}

static void marshal_refuses_bad_options(void **state)
{
    const struct world *w = *state;
    llb_platform p = {.os = "\xff"};
    llb_constraints c = {.platform = &p};
    llb_marshal_opts o = {.constraints = &c};
    llb_def *def = NULL;

    REFUSES(llb_marshal, "os of a platform", w->s, &o, &def, &err);
    o = (llb_marshal_opts){.n_caps = 2};
    REFUSES(llb_marshal, "caps is NULL", w->s, &o, &def, &err);
    o = (llb_marshal_opts){.size = 5};
    REFUSES(llb_marshal, "llb_marshal_opts of 5 bytes", w->s, &o, &def, &err);
    assert_null(def);
}

/* An op that is not there has nothing in it. */
static void definitions_take_null_and_any_number(void **state)
{
    const struct world *w = *state;
    const llb_def *defs[] = {NULL, w->def};

    HOLDS(llb_def_n_ops, llb_def_n_ops(NULL) == 0);
    HOLDS(llb_def_n_infos, llb_def_n_infos(NULL) == 0);
    HOLDS(llb_def_digest, strcmp(llb_def_digest(NULL), "") == 0);
    HOLDS(llb_def_bytes, llb_def_bytes(NULL, NULL) != NULL);
    HOLDS(llb_def_ref, llb_def_ref(NULL) == NULL);
    HOLDS(llb_def_needs_session, !llb_def_needs_session(NULL));
    HOLDS(llb_def_needs_find, !llb_def_needs_find(NULL, LLB_NEED_CAP, "", 0));
    note("llb_def_changes_free");
    llb_def_changes_free(NULL);
    note("llb_def_needs_free");
    llb_def_needs_free(NULL);
    note("llb_def_free");
    llb_def_free(NULL);
    for (size_t i = 0; i < 2; i++) {
        const llb_def *d = defs[i];
        int64_t output;
        size_t at, len;
        llb_def_place place;
        llb_def_platform platform;
        HOLDS(llb_def_op_at, !llb_def_op_at(d, SIZE_MAX).data);
        HOLDS(llb_def_op_input,
              llb_def_op_input(d, SIZE_MAX, 0, &output) == SIZE_MAX);
        assert_true(llb_def_op_input(d, 0, SIZE_MAX, NULL) == SIZE_MAX);
        HOLDS(llb_def_op_platform, !llb_def_op_platform(d, 99, &platform));
        HOLDS(llb_def_op_description,
              !llb_def_op_description(d, 99, "llb.customname", &len));
        assert_null(llb_def_op_description(d, 0, NULL, NULL));
        HOLDS(llb_def_op_name, !llb_def_op_name(d, 99));
        HOLDS(llb_def_op_places, llb_def_op_places(d, 99, &place, 1) == 0);
        HOLDS(llb_def_info_at, llb_def_info_at(d, 99).data_len == 0);
        HOLDS(llb_def_find, !llb_def_find(d, NULL, 0, &at));
        assert_false(llb_def_find(d, "sha256:x", 8, &at));
    }
}

/* ---- All of them --------------------------------------------------------- */

static bool was_called(const char *call)
{
    for (size_t i = 0; i < n_called; i++)
        if (strcmp(called[i], call) == 0)
            return true;
    return false;
}

static void every_exported_call_was_tried(void **state)
{
    FILE *f = fopen(LLB_SOURCE_DIR "/tests/package/symbols-llb.txt", "r");
    char line[128];
    size_t n = 0;

    (void)state;
    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n++) {
        line[strcspn(line, "\n")] = '\0';
        if (!was_called(line))
            fail_msg("%s has no row in bad_calls.h", line);
    }
    fclose(f);
    assert_true(n > 80);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_text_may_be_bad),
        WORLD_TEST(every_text_may_be_huge),
        WORLD_TEST(every_object_may_be_null),
        WORLD_TEST(every_object_may_be_of_another_graph),
        WORLD_TEST(every_object_may_have_failed),
        WORLD_TEST(every_object_may_come_from_null),
        WORLD_TEST(every_option_struct_may_have_a_wrong_size),
        WORLD_TEST(every_number_may_be_out_of_range),
        WORLD_TEST(every_list_may_be_missing_or_endless),
        WORLD_TEST(getters_take_null_and_failed_states),
        WORLD_TEST(graph_calls_take_null),
        WORLD_TEST(names_take_any_number),
        WORLD_TEST(status_calls_name_what_is_null),
        WORLD_TEST(marshal_refuses_bad_options),
        WORLD_TEST(definitions_take_null_and_any_number),
        cmocka_unit_test(every_exported_call_was_tried), /* the last one */
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

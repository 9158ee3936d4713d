/* What the tests of the graph share: a graph to play with, and definitions made
 * for one fixed platform. */
#ifndef TEST_LLB_HELPERS_H
#define TEST_LLB_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <llb/llb.h>

static const llb_platform amd64 = {.os = "linux", .arch = "amd64"};

/* The definition of s for linux/amd64 with the unique id "u"; asserts that
 * there is one. */
static inline llb_def *define(const llb_state *s)
{
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_error err = {0};
    llb_def *def = NULL;

    c.platform = &amd64;
    c.local_unique_id = "u";
    o.constraints = &c;
    if (llb_marshal(s, &o, &def, &err) != LLB_OK)
        fail_msg("%s", err.message);
    return def;
}

/* Asserts that s cannot be marshalled, with that status and words. */
static inline void refuse(const llb_state *s, llb_status status,
                          const char *words)
{
    llb_error err = {0};
    llb_def *def = NULL;

    assert_int_equal(llb_marshal(s, NULL, &def, &err), status);
    assert_null(def);
    assert_int_equal(err.status, status);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

/* Asserts the digest of the op before the terminal. */
static inline void check_digest(const llb_state *s, const char *digest)
{
    llb_def *def = define(s);
    size_t n = llb_def_n_ops(def);

    assert_true(n >= 2);
    assert_string_equal(llb_def_op_at(def, n - 2).digest, digest);
    llb_def_free(def);
}

/* Whether the definition of s holds those bytes anywhere. */
static inline bool holds(const llb_state *s, const char *bytes)
{
    llb_def *def = define(s);
    size_t len, n = strlen(bytes);
    const uint8_t *data = llb_def_bytes(def, &len);
    bool found = memmem(data, len, bytes, n) != NULL;

    llb_def_free(def);
    return found;
}

/* Whether two states have the same definition. */
static inline bool same_def(const llb_state *a, const llb_state *b)
{
    llb_def *da = define(a), *db = define(b);
    size_t na, nb;
    const uint8_t *pa = llb_def_bytes(da, &na), *pb = llb_def_bytes(db, &nb);
    bool same = na == nb && memcmp(pa, pb, na) == 0;

    llb_def_free(da);
    llb_def_free(db);
    return same;
}

static inline const llb_state *run1(const llb_state *base, const char *arg)
{
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    o.args = &arg;
    o.n_args = 1;
    return llb_exec_root(llb_run(base, &o));
}

static inline int graph_setup(void **state)
{
    *state = llb_graph_new(NULL);
    return *state ? 0 : -1;
}

static inline int graph_teardown(void **state)
{
    llb_graph_free(*state);
    return 0;
}

#define GRAPH_TEST(f)                                                          \
    cmocka_unit_test_setup_teardown(f, graph_setup, graph_teardown)

#endif

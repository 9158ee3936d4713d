/* Any bytes as a definition. What the parser takes must be printable in every
 * form and equal to itself, survive a graph, and patched it must be taken
 * again, with the ops where they were. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/llb.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static void print_all(const llb_def *d)
{
    llb_error err = {0};
    char *text;
    size_t len;

    for (int form = LLB_DEF_JSON; form <= LLB_DEF_DOT; form++) {
        check(llb_def_print(d, (llb_def_format)form, &text, &len, &err) ==
              LLB_OK);
        check(len > 0 && text[len - 1] == '\n');
        free(text);
    }
    for (size_t i = 0; i < llb_def_n_ops(d); i++) {
        check(llb_def_print_op(d, i, &text, &len, &err) == LLB_OK);
        check(len > 0 && text[len - 1] == '\n');
        free(text);
    }
}

/* A definition is equal to itself, however it was read. */
static void compare(const llb_def *d, const llb_def *other, int equal)
{
    llb_def_changes *c;
    llb_error err = {0};
    char *text;

    check(llb_def_changes_of(d, other, &c, &err) == LLB_OK);
    check(c->n_more == 0 || c->n > 0);
    check(!equal || c->n == 0);
    check(strcmp(llb_def_digest(d), llb_def_digest(other)) == 0 || c->n > 0);
    check(llb_def_diff(d, other, &text, &err) == LLB_OK);
    check((text[0] == '\0') == (c->n == 0));
    for (const char *p = text; *p; p++)
        check(*p == '\n' || (unsigned char)*p >= 0x20);
    free(text);
    llb_def_changes_free(c);
}

static void look_at_op(const llb_def *d, size_t i)
{
    llb_def_op op = llb_def_op_at(d, i);
    llb_def_place places[4];
    llb_def_platform platform;
    size_t found, len;

    check(llb_def_find(d, op.digest, strlen(op.digest), &found));
    check(found <= i); /* the first of equal ones */
    for (size_t k = 0; k < op.n_inputs; k++)
        check(llb_def_op_input(d, i, k, NULL) < llb_def_n_ops(d));
    size_t n = llb_def_op_places(d, i, places, 4);
    for (size_t k = 0; k < n && k < 4; k++)
        check(places[k].info < llb_def_n_infos(d));
    (void)llb_def_op_platform(d, i, &platform);
    (void)llb_def_op_description(d, i, "llb.customname", &len);
    char *name = llb_def_op_name(d, i);
    check(name != NULL);
    free(name);
}

static void look_at_all(const llb_def *d)
{
    llb_def_needs *needs;
    llb_error err = {0};

    for (size_t i = 0; i < llb_def_n_ops(d); i++)
        look_at_op(d, i);
    for (size_t i = 0; i < llb_def_n_infos(d); i++)
        (void)llb_def_info_at(d, i);
    check(llb_def_needs_of(d, &needs, &err) == LLB_OK);
    for (size_t i = 0; i < needs->n; i++) {
        const llb_def_need *n = &needs->list[i];
        check(llb_def_needs_find(needs, n->kind, n->name, n->name_len) == n);
        if (n->kind <= LLB_NEED_OCI_STORE)
            check(llb_def_needs_session(d));
    }
    llb_def_needs_free(needs);
}

static void patch(llb_def *d)
{
    llb_def *copy, *again, *read;
    llb_error err = {0};
    size_t len;

    check(llb_def_patch_locals(d, "u", &copy, &err) == LLB_OK);
    check(llb_def_n_ops(copy) == llb_def_n_ops(d));
    const uint8_t *bytes = llb_def_bytes(copy, &len);
    check(llb_def_parse(bytes, len, 0, &read, &err) == LLB_OK);
    for (size_t i = 0; i < llb_def_n_ops(d); i++)
        check(strcmp(llb_def_op_at(copy, i).digest,
                     llb_def_op_at(read, i).digest) == 0);
    check(llb_def_patch_locals(copy, "u", &again, &err) == LLB_OK);
    check(again == copy); /* nothing is left to do */
    compare(copy, read, 1);
    compare(d, copy, 0);
    compare(copy, d, 0);
    llb_def_free(again);
    llb_def_free(read);
    llb_def_free(copy);
}

/* Through a graph and back: what the result needs keeps its bytes. The
 * terminal is made anew, and whatever nobody uses is gone. */
static void marshal(llb_def *d)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_def *again = NULL;
    llb_error err = {0};
    size_t found, n;

    check(g != NULL);
    llb_status st = llb_marshal(llb_state_from_def(g, d), NULL, &again, &err);
    if (st != LLB_OK) { /* ops without metadata are refused, for instance */
        check(st == LLB_EINVAL && err.message[0] != '\0');
        llb_graph_free(g);
        return;
    }
    n = llb_def_n_ops(again);
    check(n > 1 && n <= llb_def_n_ops(d));
    for (size_t i = 0; i + 1 < n; i++) {
        llb_def_op op = llb_def_op_at(again, i);
        check(llb_def_find(d, op.digest, strlen(op.digest), &found));
    }
    size_t was = llb_def_op_input(d, llb_def_n_ops(d) - 1, 0, NULL);
    size_t is = llb_def_op_input(again, n - 1, 0, NULL);
    check(strcmp(llb_def_op_at(d, was).digest,
                 llb_def_op_at(again, is).digest) == 0);
    llb_def_free(again);
    llb_graph_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llb_def *d = NULL;
    llb_error err = {0};
    size_t out_len;

    if (llb_def_parse(data, len, 0, &d, &err) != LLB_OK) {
        check(d == NULL && err.message[0] != '\0');
        return 0;
    }
    const uint8_t *out = llb_def_bytes(d, &out_len);
    check(out_len == len && memcmp(out, data, len) == 0);
    print_all(d);
    look_at_all(d);
    patch(d);
    marshal(d);
    llb_def_free(d);
    return 0;
}

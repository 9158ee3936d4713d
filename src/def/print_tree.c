/* A definition as a tree and as a graph for Graphviz, for people. */
#include "print.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 120, MAX_INDENT = 40, MAX_NAMED_INPUTS = 64 };

/* An input that is still to be printed. */
struct pending {
    uint32_t op, depth;
    int64_t output;
    uint32_t parent, input; /* for the word on what it is used as */
};

/* Where an exec mounts input k: its first such mount. */
static llb__bytes mounted_at(const llb_def *d, size_t i, uint32_t k)
{
    llb__wire w = llb__wire_of(llb__op_body(d, i));
    llb__wire_field f;

    while (llb__wire_next(&w, &f))
        if (f.number == 2 && llb__wire_int(f.body, 1) == k)
            return llb__wire_body(f.body, 3);
    return (llb__bytes){NULL, 0};
}

static void add_line(const llb_def *d, llb__buf *b, const struct pending *p,
                     bool again)
{
    uint8_t kind = d->index[p->op].kind;
    uint32_t indent = p->depth < MAX_INDENT ? p->depth : MAX_INDENT;
    llb__buf name = LLB__BUF_INIT;

    llb__buf_printf(b, "%*s", (int)(2 * indent), "");
    if (p->depth > MAX_INDENT)
        llb__buf_printf(b, "(depth %u) ", p->depth);
    llb__buf_printf(b, "#%u %s", p->op, llb_op_kind_name((llb_op_kind)kind));
    if (p->output > 0)
        llb__buf_printf(b, " [output %lld]", (long long)p->output);
    if (kind != LLB_OP_TERMINAL) {
        llb__add_name(&name, d, p->op);
        llb__buf_adds(b, "  ");
        llb__add_escaped(b, name.data, name.len, MAX_NAME);
        b->failed |= name.failed;
        llb__buf_clear(&name);
    }
    if (p->op != p->parent && d->index[p->parent].kind == LLB_OP_EXEC &&
        d->ops[p->parent].n_inputs <= MAX_NAMED_INPUTS) {
        llb__bytes at = mounted_at(d, p->parent, p->input);
        llb__buf_adds(b, "  at ");
        llb__add_escaped(b, at.data, at.len, MAX_NAME);
    }
    llb__buf_adds(b, again ? "  (see above)\n" : "\n");
}

/* Room for each edge once. A chain of ops with one input each stays at the
 * left: only where inputs part does the tree go deeper. */
static bool print_from(const llb_def *d, llb__sink *s, struct pending *stack,
                       bool *seen)
{
    uint32_t root = (uint32_t)d->n_ops - 1;
    size_t n = 0;

    stack[n++] = (struct pending){.op = root, .parent = root};
    while (n > 0 && llb__sink_go_on(s)) {
        struct pending p = stack[--n];
        uint32_t n_inputs = d->ops[p.op].n_inputs;
        add_line(d, &s->buf, &p, seen[p.op]);
        if (seen[p.op])
            continue;
        seen[p.op] = true;
        for (uint32_t k = n_inputs; k-- > 0;) {
            const llb__input *in = llb__op_input(d, p.op, k);
            stack[n++] = (struct pending){.op = in->op,
                                          .depth = p.depth + (n_inputs > 1),
                                          .output = in->output,
                                          .parent = p.op,
                                          .input = k};
        }
    }
    return n == 0;
}

bool llb__print_tree(const llb_def *d, llb__sink *s)
{
    struct pending *stack = calloc(d->n_inputs + 1, sizeof *stack);
    bool *seen = calloc(d->n_ops + 1, sizeof *seen);
    bool good = stack && seen;

    if (good && d->n_ops == 0)
        llb__buf_adds(&s->buf, "scratch\n");
    else if (good)
        good = print_from(d, s, stack, seen);
    free(stack);
    free(seen);
    return good;
}

/* Text within a DOT string. */
static void add_quoted(llb__buf *b, const char *text, size_t len)
{
    llb__buf clean = LLB__BUF_INIT;

    llb__add_escaped(&clean, text, len, MAX_NAME);
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.data[i] == '"' || clean.data[i] == '\\')
            llb__buf_addc(b, '\\');
        llb__buf_addc(b, clean.data[i]);
    }
    b->failed |= clean.failed;
    llb__buf_clear(&clean);
}

static void add_node(const llb_def *d, llb__buf *b, size_t i)
{
    static const char *const shapes[] = {
        [LLB_OP_TERMINAL] = "plaintext", [LLB_OP_EXEC] = "box",
        [LLB_OP_SOURCE] = "ellipse",     [LLB_OP_FILE] = "note",
        [LLB_OP_BUILD] = "component",    [LLB_OP_MERGE] = "invtriangle",
        [LLB_OP_DIFF] = "doublecircle",  [LLB_OP_PASSTHROUGH] = "cds",
    };
    llb__buf name = LLB__BUF_INIT;

    llb__add_name(&name, d, i);
    llb__buf_printf(b, "  n%zu [shape=%s, label=\"", i,
                    shapes[d->index[i].kind]);
    add_quoted(b, name.data, name.len);
    llb__buf_adds(b, "\"];\n");
    b->failed |= name.failed;
    llb__buf_clear(&name);
}

static void add_edges(const llb_def *d, llb__buf *b, size_t i)
{
    for (uint32_t k = 0; k < d->ops[i].n_inputs; k++) {
        const llb__input *in = llb__op_input(d, i, k);
        llb__buf_printf(b, "  n%u -> n%zu", in->op, i);
        if (in->output > 0)
            llb__buf_printf(b, " [label=\"%lld\"]", (long long)in->output);
        llb__buf_adds(b, ";\n");
    }
}

bool llb__print_dot(const llb_def *d, llb__sink *s)
{
    llb__buf_adds(&s->buf, "digraph definition {\n");
    for (size_t i = 0; i < d->n_ops; i++) {
        add_node(d, &s->buf, i);
        if (!llb__sink_go_on(s))
            return false;
    }
    for (size_t i = 0; i < d->n_ops; i++) {
        add_edges(d, &s->buf, i);
        if (!llb__sink_go_on(s))
            return false;
    }
    llb__buf_adds(&s->buf, "}\n");
    return true;
}

/* What BuildKit calls a vertex: its custom name, or one made of the op. */
#include "print.h"

#include <string.h>

/* Merges name their inputs, which may be merges: bounded in depth and in bytes
 * of ops read, since a small definition could ask for a name without end. */
enum { MAX_NESTED = 4, MAX_NESTED_BYTES = 64 * 1024 };

struct namer {
    const llb_def *d;
    llb__buf *buf;
    size_t left; /* of MAX_NESTED_BYTES */
    bool full;   /* there was more than that */
};

static void add_bytes(llb__buf *b, llb__bytes text)
{
    llb__buf_add(b, text.data, text.len);
}

static void add_name(struct namer *n, size_t i, int depth);

/* Name of the op behind input number index of op i. */
static void add_input_name(struct namer *n, size_t i, int64_t index, int depth)
{
    if (index < 0 || index >= n->d->ops[i].n_inputs) {
        llb__buf_adds(n->buf, "scratch");
        return;
    }
    uint32_t in = llb__op_input(n->d, i, (size_t)index)->op;
    size_t len = n->d->ops[in].len;
    n->full |= len > n->left;
    if (depth >= MAX_NESTED || n->full) {
        llb__buf_adds(n->buf, "...");
        return;
    }
    n->left -= len;
    add_name(n, in, depth + 1);
}

static void add_args(llb__buf *b, llb__bytes exec)
{
    llb__wire w = llb__wire_of(llb__wire_body(exec, 1));
    llb__wire_field f;
    bool first = true;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 1)
            continue;
        if (!first)
            llb__buf_addc(b, ' ');
        add_bytes(b, f.body);
        first = false;
    }
}

static void add_action(llb__buf *b, const llb__wire_field *f)
{
    switch (f->number) {
    case 4:
        llb__buf_adds(b, "copy ");
        add_bytes(b, llb__wire_body(f->body, 1));
        llb__buf_addc(b, ' ');
        add_bytes(b, llb__wire_body(f->body, 2));
        break;
    case 5:
    case 6:
    case 7:
        llb__buf_adds(b, f->number == 5   ? "mkfile "
                         : f->number == 6 ? "mkdir "
                                          : "rm ");
        add_bytes(b, llb__wire_body(f->body, 1));
        break;
    case 8:
        llb__buf_adds(b, "symlink ");
        add_bytes(b, llb__wire_body(f->body, 2));
        llb__buf_adds(b, " -> ");
        add_bytes(b, llb__wire_body(f->body, 1));
        break;
    default:
        break;
    }
}

static void add_actions(llb__buf *b, llb__bytes file)
{
    llb__wire w = llb__wire_of(file);
    llb__wire_field f, member;
    bool first = true;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 2)
            continue;
        if (!first)
            llb__buf_adds(b, ", ");
        first = false;
        for (llb__wire aw = llb__wire_of(f.body); llb__wire_next(&aw, &member);)
            add_action(b, &member);
    }
}

static void add_merge(struct namer *n, size_t i, llb__bytes merge, int depth)
{
    llb__wire w = llb__wire_of(merge);
    llb__wire_field f;
    bool first = true;

    llb__buf_adds(n->buf, "merge (");
    while (!n->full && llb__wire_next(&w, &f)) {
        if (f.number != 1)
            continue;
        if (!first)
            llb__buf_adds(n->buf, ", ");
        first = false;
        add_input_name(n, i, llb__wire_int(f.body, 1), depth);
    }
    llb__buf_addc(n->buf, ')');
}

static void add_side(struct namer *n, size_t i, llb__bytes side, int depth)
{
    int64_t index = llb__wire_int(side, 1);

    if (index >= 0)
        llb__buf_addc(n->buf, '(');
    add_input_name(n, i, index, depth);
    if (index >= 0)
        llb__buf_addc(n->buf, ')');
}

static void add_name(struct namer *n, size_t i, int depth)
{
    const llb_def *d = n->d;
    llb__buf *b = n->buf;
    llb__bytes body = llb__op_body(d, i);
    size_t len;
    const char *custom = llb_def_op_description(d, i, "llb.customname", &len);

    if (custom && len > 0) {
        llb__buf_add(b, custom, len);
        return;
    }
    switch ((llb_op_kind)d->index[i].kind) {
    case LLB_OP_TERMINAL:
        llb__buf_adds(b, "result");
        break;
    case LLB_OP_EXEC:
        add_args(b, body);
        break;
    case LLB_OP_SOURCE:
        add_bytes(b, llb__wire_body(body, 1));
        break;
    case LLB_OP_FILE:
        add_actions(b, body);
        break;
    case LLB_OP_BUILD:
        llb__buf_adds(b, "build");
        break;
    case LLB_OP_MERGE:
        add_merge(n, i, body, depth);
        break;
    case LLB_OP_DIFF:
        llb__buf_adds(b, "diff ");
        add_side(n, i, llb__wire_body(body, 1), depth);
        llb__buf_adds(b, " -> ");
        add_side(n, i, llb__wire_body(body, 2), depth);
        break;
    case LLB_OP_PASSTHROUGH:
        llb__buf_adds(b, "passthrough ");
        add_bytes(b, llb__wire_body(body, 1));
        break;
    }
}

void llb__add_name(llb__buf *b, const llb_def *d, size_t i)
{
    struct namer n = {.d = d, .buf = b, .left = MAX_NESTED_BYTES};

    add_name(&n, i, 0);
}

char *llb_def_op_name(const llb_def *def, size_t i)
{
    llb__buf b = LLB__BUF_INIT;

    if (i >= llb_def_n_ops(def))
        return NULL;
    llb__add_name(&b, llb__indexed(def), i);
    return llb__buf_take(&b, NULL);
}

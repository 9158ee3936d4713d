/* A definition as JSON, as docs/definition-json.md describes it. The frame is
 * written by hand, one op after the other, so that only one op at a time takes
 * the memory of a JSON tree. */
#include "json.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [LLB_OP_TERMINAL] = "terminal", [LLB_OP_EXEC] = "exec",
    [LLB_OP_SOURCE] = "source",     [LLB_OP_FILE] = "file",
    [LLB_OP_BUILD] = "build",       [LLB_OP_MERGE] = "merge",
    [LLB_OP_DIFF] = "diff",         [LLB_OP_PASSTHROUGH] = "passthrough",
};

const char *llb_op_kind_name(llb_op_kind kind)
{
    if ((size_t)kind >= sizeof kind_names / sizeof *kind_names ||
        !kind_names[kind])
        return "unknown";
    return kind_names[kind];
}

static json_t *inputs_of(const llb_def *d, size_t i)
{
    json_t *list = json_array();
    bool good = list != NULL;

    for (uint32_t k = 0; good && k < d->ops[i].n_inputs; k++) {
        const llb__input *in = llb__op_input(d, i, k);
        json_t *o = json_object();
        good = o &&
               llb__json_put(
                   o, "digest",
                   json_stringn_nocheck((const char *)d->bytes + in->offset,
                                        LLB__DIGEST_LEN)) &&
               llb__json_put(o, "index", json_integer(in->output));
        if (!good)
            json_decref(o);
        else
            good = json_array_append_new(list, o) == 0;
    }
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

json_t *llb__json_op(const llb_def *d, size_t i)
{
    char digest[LLB__DIGEST_LEN];
    json_t *o = json_object();

    llb__digest_text(d->ops[i].sum, digest);
    if (o &&
        llb__json_put(o, "digest",
                      json_stringn_nocheck(digest, sizeof digest)) &&
        llb__json_put(o, "kind",
                      json_string_nocheck(
                          llb_op_kind_name((llb_op_kind)d->index[i].kind))) &&
        llb__json_put(o, "inputs", inputs_of(d, i)) &&
        llb__json_put(o, "op",
                      llb__json_message(llb__op_bytes(d, i), &llb__msg_op,
                                        LLB__OP_INPUTS)))
        return o;
    json_decref(o);
    return NULL;
}

/* Index of ops by digest, each digest once. */
struct by_sum {
    const llb__def_op *op;
    size_t i;
};

static int compare_sums(const void *a, const void *b)
{
    const struct by_sum *x = a, *y = b;
    int c = memcmp(x->op->sum, y->op->sum, LLB__SHA256_LEN);

    return c ? c : (x->i > y->i) - (x->i < y->i);
}

static struct by_sum *sort_ops(const llb_def *d, size_t *ret_n)
{
    struct by_sum *s = calloc(d->n_ops + 1, sizeof *s);
    size_t n = 0;

    if (!s)
        return NULL;
    for (size_t i = 0; i < d->n_ops; i++)
        if (llb__lookup(d, d->ops[i].sum) == i) /* the first of equal ones */
            s[n++] = (struct by_sum){&d->ops[i], i};
    qsort(s, n, sizeof *s, compare_sums);
    *ret_n = n;
    return s;
}

static void write_key(llb__buf *b, const llb__def_op *op, bool first,
                      unsigned indent)
{
    char digest[LLB__DIGEST_LEN];

    llb__digest_text(op->sum, digest);
    llb__buf_printf(b, "%s\n%*s\"%.*s\": ", first ? "" : ",", (int)indent, "",
                    (int)sizeof digest, digest);
}

static bool write_ops(const llb_def *d, llb__sink *s)
{
    llb__buf *b = &s->buf;

    llb__buf_adds(b, ",\n  \"ops\": [");
    for (size_t i = 0; i < d->n_ops; i++) {
        llb__buf_adds(b, i ? ",\n    " : "\n    ");
        if (!llb__json_write(b, llb__json_op(d, i), 4) || !llb__sink_go_on(s))
            return false;
    }
    llb__buf_adds(b, d->n_ops ? "\n  ]" : "]");
    return true;
}

static bool write_metadata(const llb_def *d, llb__sink *s,
                           const struct by_sum *sorted, size_t n)
{
    llb__buf *b = &s->buf;

    llb__buf_adds(b, "{\n  \"metadata\": {");
    for (size_t k = 0; k < n; k++) {
        llb__bytes metadata = llb__op_metadata(d, sorted[k].i);
        write_key(b, sorted[k].op, k == 0, 4);
        if (!llb__json_write(b, llb__json_metadata(metadata), 4) ||
            !llb__sink_go_on(s))
            return false;
    }
    llb__buf_adds(b, n ? "\n  }" : "}");
    return true;
}

static bool write_infos(const llb_def *d, llb__buf *b)
{
    if (d->n_infos == 0)
        return true;
    llb__buf_adds(b, "\n    \"infos\": [");
    for (size_t i = 0; i < d->n_infos; i++) {
        llb__buf_adds(b, i ? ",\n      " : "\n      ");
        if (!llb__json_write(b, llb__json_info(d, i), 6))
            return false;
    }
    llb__buf_adds(b, "\n    ],");
    return true;
}

static bool write_source(const llb_def *d, llb__sink *s,
                         const struct by_sum *sorted, size_t n)
{
    llb__buf *b = &s->buf;
    bool first = true;

    if (!d->source.offset) {
        llb__buf_adds(b, ",\n  \"source\": null");
        return true;
    }
    llb__buf_adds(b, ",\n  \"source\": {");
    if (!write_infos(d, b))
        return false;
    llb__buf_adds(b, "\n    \"locations\": {");
    for (size_t k = 0; k < n; k++) {
        llb__bytes places = llb__op_locations(d, sorted[k].i);
        if (!places.data)
            continue;
        write_key(b, sorted[k].op, first, 6);
        first = false;
        if (!llb__json_write(b, llb__json_locations(places), 6) ||
            !llb__sink_go_on(s))
            return false;
    }
    llb__buf_adds(b, first ? "}\n  }" : "\n    }\n  }");
    return true;
}

bool llb__print_json(const llb_def *d, llb__sink *s)
{
    size_t n = 0;
    struct by_sum *sorted = sort_ops(d, &n);
    bool good = sorted && write_metadata(d, s, sorted, n) && write_ops(d, s) &&
                write_source(d, s, sorted, n);

    free(sorted);
    llb__buf_adds(&s->buf, "\n}\n");
    return good;
}

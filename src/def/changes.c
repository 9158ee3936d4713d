/* In what two definitions differ: ops by pairs, then what stands beside the
 * ops and is no part of their digests. */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "check_message.h"
#include "error.h"
#include "pairs.h"

static void at(llb__collector *c, llb_change_kind kind, size_t a, size_t b)
{
    c->kind = kind;
    c->a = a;
    c->b = b;
}

static void set_path(llb__collector *c, const char *path)
{
    c->path.len = 0;
    llb__buf_adds(&c->path, path);
}

static void add_alone(llb__collector *c, llb_change_kind kind, size_t i)
{
    bool first = kind == LLB_CHANGE_REMOVED;

    at(c, kind, first ? i : LLB_DEF_NONE, first ? LLB_DEF_NONE : i);
    set_path(c, "");
    llb__add_change(c, NULL, NULL);
}

static json_t *input_json(const llb_def *d, const llb__input *in)
{
    return json_pack("{s:s%,s:I}", "digest",
                     (const char *)d->bytes + in->offset,
                     (size_t)LLB__DIGEST_LEN, "index", (json_int_t)in->output);
}

/* An input that became another op or output. Whether the op behind it changed
 * is that op's own matter, and so is one that the other side lacks. */
static bool input_moved(const llb__pairs *p, const llb__input *x,
                        const llb__input *y)
{
    uint32_t to = p->a.pair[x->op];

    if (x->output != y->output)
        return true;
    return to != LLB__NO_OP && p->b.pair[y->op] != LLB__NO_OP && to != y->op &&
           memcmp(p->b.d->ops[to].sum, p->b.d->ops[y->op].sum,
                  LLB__SHA256_LEN) != 0;
}

static void compare_inputs(llb__collector *c, const llb__pairs *p, size_t i,
                           size_t j)
{
    uint32_t n_x = p->a.d->ops[i].n_inputs, n_y = p->b.d->ops[j].n_inputs;

    for (uint32_t k = 0; k < n_x && k < n_y; k++) {
        const llb__input *ix = llb__op_input(p->a.d, i, k);
        const llb__input *iy = llb__op_input(p->b.d, j, k);
        if (!input_moved(p, ix, iy))
            continue;
        json_t *jx = input_json(p->a.d, ix), *jy = input_json(p->b.d, iy);
        set_path(c, "");
        llb__buf_printf(&c->path, "inputs[%u]", k);
        c->failed |= !jx || !jy;
        llb__add_change(c, jx, jy);
        json_decref(jx);
        json_decref(jy);
        break; /* those behind it may only have moved up */
    }
    if (n_x == n_y)
        return;
    json_t *n = json_integer(n_x), *m = json_integer(n_y);
    set_path(c, "n_inputs");
    c->failed |= !n || !m;
    llb__add_change(c, n, m);
    json_decref(n);
    json_decref(m);
}

/* Whether all inputs are the same ops, so that they explain nothing. */
static bool same_inputs(const llb__pairs *p, size_t i, size_t j)
{
    const llb_def *a = p->a.d, *b = p->b.d;

    if (a->ops[i].n_inputs != b->ops[j].n_inputs)
        return false;
    for (uint32_t k = 0; k < a->ops[i].n_inputs; k++) {
        const llb__input *ix = llb__op_input(a, i, k);
        const llb__input *iy = llb__op_input(b, j, k);
        if (ix->output != iy->output ||
            memcmp(a->ops[ix->op].sum, b->ops[iy->op].sum, LLB__SHA256_LEN))
            return false;
    }
    return true;
}

static bool same_own(const llb__pairs *p, size_t i, size_t j)
{
    llb__wire x = llb__wire_of(llb__op_bytes(p->a.d, i));
    llb__wire y = llb__wire_of(llb__op_bytes(p->b.d, j));
    llb__bytes f, g;

    for (;;) {
        bool more = llb__next_own(&x, &f);
        if (more != llb__next_own(&y, &g))
            return false;
        if (!more)
            return true;
        if (f.len != g.len || memcmp(f.data, g.data, f.len) != 0)
            return false;
    }
}

static void compare_ops(llb__collector *c, const llb__pairs *p, size_t i,
                        size_t j)
{
    llb__bytes bytes_x = llb__op_bytes(p->a.d, i);
    llb__bytes bytes_y = llb__op_bytes(p->b.d, j);
    size_t before = c->out->n + c->out->n_more;
    bool same = same_own(p, i, j);

    at(c, LLB_CHANGE_OP, i, j);
    set_path(c, "");
    if (!same)
        llb__compare_json(
            c, llb__json_message(bytes_x, &llb__msg_op, LLB__OP_INPUTS),
            llb__json_message(bytes_y, &llb__msg_op, LLB__OP_INPUTS));
    /* Fields in another order, zeros written out: another digest, for
     * nothing that a field could show. */
    bool shown = c->out->n + c->out->n_more > before;
    compare_inputs(c, p, i, j);
    if (!shown && (!same || same_inputs(p, i, j))) {
        set_path(c, "");
        llb__add_byte_change(c, bytes_x, bytes_y);
    }
}

/* The changed ops of both, inputs first, each where it stands. */
static void compare_changed(llb__collector *c, const llb__pairs *p)
{
    size_t j = 0;

    for (size_t i = 0; i < p->a.n && !c->failed; i++) {
        uint32_t op = p->a.ops[i], to = p->a.pair[op];
        if (to == LLB__NO_OP) {
            add_alone(c, LLB_CHANGE_REMOVED, op);
            continue;
        }
        for (; j < p->b.pos[to]; j++)
            if (llb__unpaired(&p->b, j))
                add_alone(c, LLB_CHANGE_ADDED, p->b.ops[j]);
        compare_ops(c, p, op, to);
    }
    for (; j < p->b.n && !c->failed; j++)
        if (llb__unpaired(&p->b, j))
            add_alone(c, LLB_CHANGE_ADDED, p->b.ops[j]);
}

static bool same_bytes(llb__bytes x, llb__bytes y)
{
    return x.len == y.len && (!x.len || memcmp(x.data, y.data, x.len) == 0);
}

static bool is_utf8(llb__bytes metadata)
{
    llb__message_error e;

    return llb__check_message(metadata, &llb__msg_metadata, true, &e);
}

static void compare_metadata(llb__collector *c, const llb__pairs *p, size_t i,
                             size_t j)
{
    llb__bytes x = llb__op_metadata(p->a.d, i);
    llb__bytes y = llb__op_metadata(p->b.d, j);
    size_t before = c->out->n;

    at(c, LLB_CHANGE_METADATA, i, j);
    if (same_bytes(x, y) || llb__changes_full(c))
        return;
    set_path(c, "metadata");
    llb__compare_json(c, llb__json_metadata(x), llb__json_metadata(y));
    /* Maps come in any order, which says nothing; broken text shows none. */
    if (c->out->n == before && !(is_utf8(x) && is_utf8(y)))
        llb__add_byte_change(c, x, y);
}

static void compare_places(llb__collector *c, const llb__pairs *p, size_t i,
                           size_t j)
{
    llb__bytes x = llb__op_locations(p->a.d, i);
    llb__bytes y = llb__op_locations(p->b.d, j);

    at(c, LLB_CHANGE_PLACES, i, j);
    if (same_bytes(x, y) || llb__changes_full(c))
        return;
    set_path(c, "locations");
    llb__compare_json(c, llb__json_locations(x), llb__json_locations(y));
}

/* One kind after the other, so that the rare is not lost in the many. */
static void compare_beside(llb__collector *c, const llb__pairs *p,
                           void (*compare)(llb__collector *c,
                                           const llb__pairs *p, size_t i,
                                           size_t j))
{
    for (size_t i = 0; i < p->a.d->n_ops && !c->failed; i++)
        if (p->a.pair[i] != LLB__NO_OP &&
            llb__lookup(p->a.d, p->a.d->ops[i].sum) == i) /* once if twice */
            compare(c, p, i, p->a.pair[i]);
}

/* Line number *line of a text, from 1, as JSON; NULL behind its end. */
static json_t *line_json(llb__collector *c, const uint8_t *p, size_t left,
                         size_t line)
{
    const uint8_t *nl = NULL;

    for (; line > 1 && (nl = memchr(p, '\n', left)) != NULL; line--) {
        left -= (size_t)(nl + 1 - p);
        p = nl + 1;
    }
    if (line > 1 || left == 0)
        return NULL;
    nl = memchr(p, '\n', left);
    json_t *j = llb__json_text(p, nl ? (size_t)(nl - p) : left);
    c->failed |= !j;
    return j;
}

/* The first line that differs; later ones may only have moved. */
static void compare_text(llb__collector *c, const llb_def_info *x,
                         const llb_def_info *y)
{
    size_t i = 0, line = 1;

    while (i < x->data_len && i < y->data_len && x->data[i] == y->data[i])
        line += x->data[i++] == '\n';
    if (i == x->data_len && i == y->data_len)
        return;
    json_t *lx = line_json(c, x->data, x->data_len, line);
    json_t *ly = line_json(c, y->data, y->data_len, line);
    set_path(c, "");
    llb__buf_printf(&c->path, "data line %zu", line);
    llb__add_change(c, lx, ly);
    json_decref(lx);
    json_decref(ly);
}

static void compare_strings(llb__collector *c, const char *field, const char *x,
                            size_t x_len, const char *y, size_t y_len)
{
    if (x_len == y_len && memcmp(x, y, x_len) == 0)
        return;
    json_t *jx = llb__json_text(x, x_len), *jy = llb__json_text(y, y_len);
    c->failed |= !jx || !jy;
    set_path(c, field);
    llb__add_change(c, jx, jy);
    json_decref(jx);
    json_decref(jy);
}

static llb__bytes info_bytes(const llb_def *d, size_t i)
{
    return (llb__bytes){d->bytes + d->infos[i].offset, d->infos[i].len};
}

static void compare_file(llb__collector *c, const llb_def *a, const llb_def *b,
                         size_t i)
{
    llb__bytes bx = info_bytes(a, i), by = info_bytes(b, i);

    if (same_bytes(bx, by))
        return;
    llb_def_info x = llb_def_info_at(a, i), y = llb_def_info_at(b, i);
    at(c, LLB_CHANGE_FILE, i, i);
    compare_strings(c, "filename", x.filename, x.filename_len, y.filename,
                    y.filename_len);
    compare_strings(c, "language", x.language, x.language_len, y.language,
                    y.language_len);
    compare_text(c, &x, &y);
    set_path(c, "definition");
    llb__compare_json(
        c, llb__json_message(llb__wire_body(bx, 3), &llb__msg_definition, 0),
        llb__json_message(llb__wire_body(by, 3), &llb__msg_definition, 0));
}

static void compare_files(llb__collector *c, const llb_def *a, const llb_def *b)
{
    for (size_t i = 0; i < a->n_infos || i < b->n_infos; i++) {
        if (c->failed)
            return;
        if (i < a->n_infos && i < b->n_infos) {
            compare_file(c, a, b, i);
            continue;
        }
        bool first = i < a->n_infos;
        at(c, LLB_CHANGE_FILE, first ? i : LLB_DEF_NONE,
           first ? LLB_DEF_NONE : i);
        set_path(c, "");
        llb__add_change(c, NULL, NULL);
    }
}

static void compare_all(llb__collector *c, const llb_def *a, const llb_def *b)
{
    llb__pairs p;

    if (!llb__pair_ops(a, b, &p)) {
        c->failed = true;
    } else {
        compare_changed(c, &p);
        compare_beside(c, &p, compare_metadata);
        compare_files(c, a, b);
        compare_beside(c, &p, compare_places);
    }
    llb__pairs_clear(&p);
}

llb_status llb_def_changes_of(const llb_def *a, const llb_def *b,
                              llb_def_changes **ret_changes, llb_error *err)
{
    if (!a || !b || !ret_changes)
        return llb__fail_null(err, "llb_def_changes_of",
                              !a  ? "a"
                              : b ? "ret_changes"
                                  : "b");
    const char *null = !a             ? "a"
                       : !b           ? "b"
                       : !ret_changes ? "ret_changes"
                                      : NULL;

    if (null)
        return llb__fail_null(err, "llb_def_changes_of", null);
    llb_def_changes *out = calloc(1, sizeof *out);
    llb__collector c = {.out = out};
    if (!out)
        return llb__fail_nomem(err);
    compare_all(&c, llb__indexed(a), llb__indexed(b));
    c.failed |= c.path.failed;
    llb__buf_clear(&c.path);
    if (c.failed) {
        llb_def_changes_free(out);
        return llb__fail_nomem(err);
    }
    *ret_changes = out;
    return LLB_OK;
}

void llb_def_changes_free(llb_def_changes *changes)
{
    if (!changes)
        return;
    for (size_t i = 0; i < changes->n; i++) {
        free(changes->list[i].field);
        free(changes->list[i].a_value);
        free(changes->list[i].b_value);
    }
    free(changes->list);
    free(changes);
}

/* Choosing a form, and what the forms for people share. */
#include "print.h"

#include <stdlib.h>

#include "error.h"
#include "json.h"
#include "utf8.h"

enum { WORTH_WRITING = 64 * 1024 };

static void add_escape(llb__buf *b, uint8_t c)
{
    if (c == '\n')
        llb__buf_adds(b, "\\n");
    else if (c == '\t')
        llb__buf_adds(b, "\\t");
    else
        llb__buf_printf(b, "\\x%02x", c);
}

/* Line and paragraph separators, and the marks by which text can pretend to
 * stand in another order. */
static bool is_order(uint32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xfeff;
}

void llb__add_escaped(llb__buf *b, const void *text, size_t len, size_t max)
{
    const uint8_t *s = text;
    uint32_t c;

    for (size_t i = 0; i < len;) {
        size_t n = llb__utf8_decode(s + i, len - i, &c);
        if (i + n > max) {
            llb__buf_adds(b, "...");
            return;
        }
        if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
            for (size_t k = 0; k < (n ? n : 1); k++)
                add_escape(b, s[i + k]); /* C1 controls drive terminals too */
        else if (is_order(c))
            llb__buf_printf(b, "\\u{%x}", (unsigned)c);
        else
            llb__buf_add(b, s + i, n);
        i += n ? n : 1;
    }
}

bool llb__sink_go_on(llb__sink *s)
{
    if (s->buf.failed || s->stopped)
        return false;
    if (!s->write || s->buf.len < WORTH_WRITING)
        return true;
    s->stopped = !s->write(s->ctx, s->buf.data, s->buf.len);
    s->buf.len = 0;
    return !s->stopped;
}

/* Leaves what was not handed on in the buffer, which is the caller's. */
static llb_status print_into(const llb_def *d, llb_def_format format,
                             llb__sink *s, llb_error *err)
{
    static bool (*const forms[])(const llb_def *d, llb__sink *s) = {
        [LLB_DEF_JSON] = llb__print_json,
        [LLB_DEF_TREE] = llb__print_tree,
        [LLB_DEF_DOT] = llb__print_dot,
    };

    if ((size_t)format >= sizeof forms / sizeof *forms)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "no form of a definition has number %d", (int)format);
    bool good = forms[format](d, s) && !s->buf.failed;
    if (s->stopped)
        return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE,
                         "the reader of the text wanted no more");
    return good ? LLB_OK : llb__fail_nomem(err);
}

/* Text in a buffer becomes the caller's. */
static llb_status give(llb__buf *b, char **ret_text, size_t *ret_len,
                       llb_error *err)
{
    size_t len;
    char *text = llb__buf_take(b, &len);

    if (!text)
        return llb__fail_nomem(err);
    *ret_text = text;
    if (ret_len)
        *ret_len = len;
    return LLB_OK;
}

llb_status llb_def_print(const llb_def *def, llb_def_format format,
                         char **ret_text, size_t *ret_len, llb_error *err)
{
    llb__sink s = {.buf = LLB__BUF_INIT};

    if (!def || !ret_text)
        return llb__fail_null(err, "llb_def_print", def ? "ret_text" : "def");
    llb_status st = print_into(llb__indexed(def), format, &s, err);
    if (st == LLB_OK)
        st = give(&s.buf, ret_text, ret_len, err);
    llb__buf_clear(&s.buf);
    return st;
}

llb_status llb_def_print_to(const llb_def *def, llb_def_format format,
                            llb_def_write *write, void *ctx, llb_error *err)
{
    llb__sink s = {.buf = LLB__BUF_INIT, .write = write, .ctx = ctx};

    if (!def || !write)
        return llb__fail_null(err, "llb_def_print_to", def ? "write" : "def");
    llb_status st = print_into(llb__indexed(def), format, &s, err);
    if (st == LLB_OK && !write(ctx, s.buf.data, s.buf.len))
        st = llb__fail(err, LLB_ECANCELED, LLB__NOWHERE,
                       "the reader of the text wanted no more");
    llb__buf_clear(&s.buf);
    return st;
}

/* Op i with what stands beside it, the members as in the whole. */
static json_t *op_beside(const llb_def *d, size_t i)
{
    llb__bytes places = llb__op_locations(d, i);
    json_t *o = llb__json_op(d, i);
    bool good = o && llb__json_put(o, "number", json_integer((json_int_t)i)) &&
                llb__json_put(o, "metadata",
                              llb__json_metadata(llb__op_metadata(d, i)));

    if (good && places.data)
        good = llb__json_put(o, "locations", llb__json_locations(places));
    if (good)
        return o;
    json_decref(o);
    return NULL;
}

llb_status llb_def_print_op(const llb_def *def, size_t i, char **ret_text,
                            size_t *ret_len, llb_error *err)
{
    llb__buf b = LLB__BUF_INIT;

    if (!def || !ret_text)
        return llb__fail_null(err, "llb_def_print_op",
                              def ? "ret_text" : "def");
    if (i >= def->n_ops)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "llb_def_print_op: i cannot be %zu: there are %zu "
                         "ops, from 0",
                         i, def->n_ops);
    b.failed = !llb__json_write(&b, op_beside(llb__indexed(def), i), 0);
    llb__buf_adds(&b, "\n");
    return give(&b, ret_text, ret_len, err);
}

/* Choosing a form, and what the forms for people share. */
#include "print.h"

#include <stdlib.h>

#include "error.h"
#include "json.h"
#include "utf8.h"

static void add_escape(llb__buf *b, uint8_t c)
{
    if (c == '\n')
        llb__buf_adds(b, "\\n");
    else if (c == '\t')
        llb__buf_adds(b, "\\t");
    else
        llb__buf_printf(b, "\\x%02x", c);
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
        /* C1 controls drive terminals too. */
        if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
            for (size_t k = 0; k < (n ? n : 1); k++)
                add_escape(b, s[i + k]);
        else
            llb__buf_add(b, s + i, n);
        i += n ? n : 1;
    }
}

static llb_status print_into(const llb_def *d, llb_def_format format,
                             llb__buf *b, llb_error *err)
{
    switch (format) {
    case LLB_DEF_JSON:
        return llb__print_json(d, b, err);
    case LLB_DEF_TREE:
        return llb__print_tree(d, b, err);
    case LLB_DEF_DOT:
        return llb__print_dot(d, b, err);
    }
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "no form of a definition has number %d", (int)format);
}

llb_status llb_def_print(const llb_def *def, llb_def_format format,
                         char **ret_text, size_t *ret_len, llb_error *err)
{
    llb__buf b = LLB__BUF_INIT;
    size_t len;

    if (!def || !ret_text)
        return llb__fail_null(err, "llb_def_print", def ? "ret_text" : "def");
    llb_status st = print_into(llb__indexed(def), format, &b, err);
    if (st != LLB_OK) {
        llb__buf_clear(&b);
        return st;
    }
    char *text = llb__buf_take(&b, &len);
    if (!text)
        return llb__fail_nomem(err);
    *ret_text = text;
    if (ret_len)
        *ret_len = len;
    return LLB_OK;
}

/* The printer's output: columns, lines, and tries that can be taken back. */
#include "format_impl.h"

#include <string.h>

void llbc__emit(llbc__printer *pr, const char *text, size_t len)
{
    if (pr->over)
        return;
    for (size_t i = 0; i < len; i++)
        pr->column += ((unsigned char)text[i] & 0xc0) != 0x80;
    if (pr->trying && !pr->exempt &&
        pr->column + pr->reserve > LLBC__FORMAT_WIDTH) {
        pr->over = true;
        return;
    }
    llb__buf_add(&pr->out, text, len);
}

void llbc__emits(llbc__printer *pr, const char *text)
{
    llbc__emit(pr, text, strlen(text));
}

void llbc__emit_span(llbc__printer *pr, llb_span at)
{
    llbc__emit(pr, pr->source->text + at.start, at.end - at.start);
}

void llbc__new_line(llbc__printer *pr, bool blank)
{
    if (pr->over)
        return;
    llb__buf_adds(&pr->out, blank ? "\n\n" : "\n");
    for (unsigned i = 0; i < pr->indent; i++)
        llb__buf_addc(&pr->out, ' ');
    pr->column = pr->indent;
}

llbc__try llbc__try_begin(llbc__printer *pr)
{
    llbc__try t = {pr->out.len, pr->column, pr->flat, pr->trying};

    pr->flat = pr->trying = true;
    return t;
}

bool llbc__try_end(llbc__printer *pr, llbc__try t)
{
    bool ok = !pr->over;

    pr->flat = t.flat;
    pr->trying = t.trying;
    pr->over = false;
    if (!ok) {
        pr->out.len = t.len;
        pr->column = t.column;
    }
    return ok;
}

/* Strings. Text is printed as it was written; text over several lines is only
 * moved to the indentation of where it stands now. */
#include "format_impl.h"

#include <string.h>

/* ${expr}: always on one line, since what is around it may have only one. */
static void print_interp(llbc__printer *pr, const llbc__expr *e)
{
    bool flat = pr->flat;

    pr->flat = true;
    pr->interps++;
    llbc__emits(pr, "${");
    llbc__print_expr(pr, e);
    llbc__emits(pr, "}");
    pr->interps--;
    pr->flat = flat;
}

/* Text of """ """: what looks like an expression and is none is `$${`. */
static void print_text(llbc__printer *pr, const char *s, size_t len, bool raw)
{
    while (!raw) {
        const char *at = memmem(s, len, "${", 2);

        if (!at)
            break;
        llbc__emit(pr, s, (size_t)(at - s));
        llbc__emits(pr, "$${");
        len -= (size_t)(at - s) + 2;
        s = at + 2;
    }
    llbc__emit(pr, s, len);
}

/* Text that no try prints: tries within tries would print it over and over. */
#define MAX_TRIED 65536

static bool too_long(const llbc__part *part)
{
    size_t sum = 0;

    for (; part; part = part->next)
        sum += part->len;
    return sum > MAX_TRIED;
}

static bool has_newline(const llbc__part *part)
{
    for (; part; part = part->next)
        if (!part->expr && memchr(part->text, '\n', part->len))
            return true;
    return false;
}

/* A newline that is owed is printed with the indentation of what follows it,
 * or with none when nothing does. */
static void settle(llbc__printer *pr, bool *owed)
{
    if (*owed)
        llbc__new_line(pr, false);
    *owed = false;
}

static void print_text_lines(llbc__printer *pr, const llbc__part *part,
                             bool raw, bool *owed)
{
    const char *s = part->text, *end = s + part->len;

    while (s < end) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        size_t len = (size_t)((stop ? stop : end) - s);

        if (len) {
            settle(pr, owed);
            print_text(pr, s, len, raw);
        }
        if (!stop)
            return;
        if (*owed)
            llbc__emits(pr, "\n");
        *owed = true;
        s = stop + 1;
    }
}

static void print_lines(llbc__printer *pr, const llbc__expr *e,
                        const char *quotes, bool raw)
{
    bool owed = true, exempt = pr->exempt;

    if (pr->trying && too_long(e->u.string.parts))
        pr->over = true;
    llbc__emits(pr, quotes);
    pr->exempt = true;
    pr->indent += LLBC__FORMAT_INDENT;
    for (const llbc__part *part = e->u.string.parts; part; part = part->next) {
        if (part->expr) {
            settle(pr, &owed);
            print_interp(pr, part->expr);
        } else {
            print_text_lines(pr, part, raw, &owed);
        }
    }
    settle(pr, &owed);
    pr->indent -= LLBC__FORMAT_INDENT;
    pr->exempt = exempt;
    llbc__emits(pr, quotes);
}

/* On one line: the text of "..." as it was written, that of the others as it
 * is. */
static void print_line(llbc__printer *pr, const llbc__expr *e,
                       const char *quotes, bool raw)
{
    llbc__emits(pr, quotes);
    for (const llbc__part *part = e->u.string.parts; part; part = part->next) {
        if (part->expr)
            print_interp(pr, part->expr);
        else if (e->u.string.quote == LLBC__QUOTE_DOUBLE)
            llbc__emit_span(pr, part->span);
        else
            print_text(pr, part->text, part->len, raw);
    }
    llbc__emits(pr, quotes);
}

void llbc__print_string(llbc__printer *pr, const llbc__expr *e)
{
    static const char *const quotes[] = {"\"", "'", "\"\"\"", "'''"};
    llbc__quote quote = e->u.string.quote;
    bool raw =
        quote == LLBC__QUOTE_SINGLE || quote == LLBC__QUOTE_TRIPLE_SINGLE;

    if (quote >= LLBC__QUOTE_TRIPLE_DOUBLE && has_newline(e->u.string.parts))
        print_lines(pr, e, quotes[quote], raw);
    else
        print_line(pr, e, quotes[quote], raw);
}

/* Patterns: `match` asks whether a text has a form, `format` gives it one. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"
#include "utf8.h"

/* Length of the character at s, which is UTF-8; at least 1. */
static size_t char_len(const char *s, uint32_t *ret_c)
{
    size_t n = llb__utf8_decode(s, strlen(s) > 4 ? 4 : strlen(s), ret_c);

    return n ? n : 1;
}

/* The "[...]" at p against one character; *ret_end is behind it. A set without
 * an end is an ordinary "[". */
static bool in_set(const char *p, uint32_t c, const char **ret_end)
{
    const char *s = p + 1;
    bool negate = *s == '!' || *s == '^', found = false, first = true;

    s += negate;
    while (*s && (first || *s != ']')) {
        uint32_t low, high;
        s += char_len(s, &low);
        high = low;
        if (s[0] == '-' && s[1] && s[1] != ']') {
            s++;
            s += char_len(s, &high);
        }
        found = found || (c >= low && c <= high);
        first = false;
    }
    if (!*s) {
        *ret_end = p + 1;
        return c == '[';
    }
    *ret_end = s + 1;
    return found != negate;
}

/* One character of the text against what the pattern has at p, which is no
 * "*"; moves both on. */
static bool match_one(const char **p, const char **s)
{
    uint32_t c = 0, want = 0;
    size_t n = char_len(*s, &c);
    const char *end = *p + 1;
    bool same;

    if (**p == '?') {
        same = true;
    } else if (**p == '[') {
        same = in_set(*p, c, &end);
    } else {
        const char *at = *p + (**p == '\\' && (*p)[1]);
        end = at + char_len(at, &want);
        same = c == want;
    }
    *p = end;
    *s += n;
    return same;
}

/* A "*" that fails tries again one character later; only the last one ever
 * needs to, so the time is at most the product of the lengths. */
bool llbc__match(llbc__eval *e, const char *p, const char *s)
{
    const char *star = NULL, *from = NULL;

    while (*s) {
        if (++e->n_steps > LLBC__MAX_STEPS)
            return false;
        if (*p == '*') {
            star = ++p;
            from = s;
            continue;
        }
        if (*p && match_one(&p, &s))
            continue;
        if (!star)
            return false;
        uint32_t c;
        from += char_len(from, &c);
        p = star;
        s = from;
    }
    while (*p == '*')
        p++;
    return !*p;
}

llbc__value llbc__fn_match(llbc__eval *e, const llbc__actuals *a)
{
    bool is =
        llbc__match(e, llbc__str_of(a, "PATTERN"), llbc__str_of(a, "TEXT"));

    if (!llbc__eval_step(e, a->whole))
        return llbc__no_value();
    return llbc__bool_value(is);
}

/* --- format --------------------------------------------------------- */

/* "{:04}" at s: fill character and width; the length, 0 if it is none. */
static size_t placeholder(const char *s, char *ret_fill, size_t *ret_width)
{
    const char *p = s + 1;

    *ret_fill = ' ';
    *ret_width = 0;
    if (*p == ':') {
        p++;
        if (*p == '0')
            *ret_fill = '0';
        for (; *p >= '0' && *p <= '9' && *ret_width < 1000; p++)
            *ret_width = *ret_width * 10 + (size_t)(*p - '0');
    }
    return *p == '}' ? (size_t)(p - s) + 1 : 0;
}

static size_t characters(const char *s, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

static void pad(llb__buf *b, llbc__value v, char fill, size_t width)
{
    size_t n = characters(v.u.str, v.n);
    const char *s = v.u.str;
    size_t len = v.n;

    /* The sign stands before the zeros. */
    if (fill == '0' && *s == '-') {
        llb__buf_addc(b, '-');
        s++;
        len--;
    }
    for (; n < width; n++)
        llb__buf_addc(b, fill);
    llb__buf_add(b, s, len);
}

llbc__value llbc__fn_format(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value values = llbc__value_of(a, "VALUE");
    const char *s = llbc__str_of(a, "PATTERN");
    llb__buf b = LLB__BUF_INIT;
    size_t used = 0;

    while (*s && b.len <= LLBC__MAX_STRING) {
        char fill;
        size_t width, n = *s == '{' ? placeholder(s, &fill, &width) : 0;
        if (!n) {
            llb__buf_addc(&b, *s++);
            continue;
        }
        if (used < values.n)
            pad(&b, values.u.list[used], fill, width);
        used++;
        s += n;
    }
    if (used == values.n)
        return llbc__eval_take(e, &b, a->whole);
    llb__buf_clear(&b);
    llbc__report(e->diags, LLBC__E_OPERANDS, a->whole,
                 "the pattern has %zu placeholders, and there are %zu values",
                 used, values.n);
    return llbc__no_value();
}

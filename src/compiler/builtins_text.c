/* Functions on text. */
#include <ctype.h>
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"
#include "utf8.h"

static llbc__value part(llbc__eval *e, const char *s, size_t len)
{
    const char *copy = llbc__eval_strndup(e, s, len);

    return copy ? llbc__string_value(copy, len) : llbc__no_value();
}

llbc__value llbc__fn_join(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value list = llbc__value_of(a, "LIST");
    llbc__value sep = llbc__value_of(a, "SEPARATOR");
    llb__buf b = LLB__BUF_INIT;

    for (size_t i = 0; i < list.n && b.len <= LLBC__MAX_STRING; i++) {
        if (i && sep.kind == LLBC__STRING)
            llb__buf_add(&b, sep.u.str, sep.n);
        llb__buf_add(&b, list.u.list[i].u.str, list.u.list[i].n);
    }
    return llbc__eval_take(e, &b, a->whole);
}

/* Pieces of a text while it is split. */
typedef struct pieces {
    llbc__value *items;
    size_t n, cap;
} pieces;

static bool add_piece(llbc__eval *e, const llbc__actuals *a, pieces *p,
                      const char *s, size_t len)
{
    if (p->n >= LLBC__MAX_ELEMENTS) {
        llbc__report(e->diags, LLBC__E_TOO_LARGE, a->whole,
                     "a list of more than %d elements", LLBC__MAX_ELEMENTS);
        return false;
    }
    llbc__value v = part(e, s, len);
    llbc__value *slot = LLBC__PUSH(e, p->items, p->n, p->cap);
    if (slot)
        *slot = v;
    return slot && llbc__known(v);
}

static llbc__value split_words(llbc__eval *e, const llbc__actuals *a,
                               llbc__value text)
{
    static const char blanks[] = " \t\r\n";
    pieces p = {NULL, 0, 0};

    for (const char *s = text.u.str; *s;) {
        s += strspn(s, blanks);
        size_t n = strcspn(s, blanks);
        if (n && !add_piece(e, a, &p, s, n))
            return llbc__no_value();
        s += n;
    }
    return llbc__list_value(p.items, p.n);
}

llbc__value llbc__fn_split(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value text = llbc__value_of(a, "TEXT");
    llbc__value sep = llbc__value_of(a, "SEPARATOR");
    pieces p = {NULL, 0, 0};

    if (sep.kind != LLBC__STRING)
        return split_words(e, a, text);
    if (!sep.n) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "SEPARATOR"),
                     "the separator is empty");
        return llbc__no_value();
    }
    for (const char *s = text.u.str;;) {
        const char *next = strstr(s, sep.u.str);
        size_t n = next ? (size_t)(next - s) : strlen(s);
        if (!add_piece(e, a, &p, s, n))
            return llbc__no_value();
        if (!next)
            return llbc__list_value(p.items, p.n);
        s = next + sep.n;
    }
}

llbc__value llbc__fn_replace(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value text = llbc__value_of(a, "TEXT");
    llbc__value old = llbc__value_of(a, "OLD"), new = llbc__value_of(a, "NEW");
    llb__buf b = LLB__BUF_INIT;

    if (!old.n) {
        llbc__report(e->diags, LLBC__E_VALUE, llbc__at_of(a, "OLD"),
                     "the text to replace is empty");
        return llbc__no_value();
    }
    const char *s = text.u.str;
    for (const char *next;
         b.len <= LLBC__MAX_STRING && (next = strstr(s, old.u.str)) != NULL;
         s = next + old.n) {
        llb__buf_add(&b, s, (size_t)(next - s));
        llb__buf_add(&b, new.u.str, new.n);
    }
    llb__buf_adds(&b, s);
    return llbc__eval_take(e, &b, a->whole);
}

llbc__value llbc__fn_trim(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__value_of(a, "TEXT");
    const char *s = v.u.str;
    size_t n = v.n;

    while (n && isspace((unsigned char)s[n - 1]))
        n--;
    while (n && isspace((unsigned char)*s)) {
        s++;
        n--;
    }
    return part(e, s, n);
}

static llbc__value change_case(llbc__eval *e, const llbc__actuals *a,
                               char first, char last, int by)
{
    llbc__value v = llbc__value_of(a, "TEXT");
    char *s = llb__arena_strndup(e->arena, v.u.str, v.n);

    if (!s) {
        llbc__eval_nomem(e);
        return llbc__no_value();
    }
    for (size_t i = 0; i < v.n; i++) {
        if (s[i] >= first && s[i] <= last)
            s[i] = (char)(s[i] + by);
    }
    return llbc__string_value(s, v.n);
}

llbc__value llbc__fn_upper(llbc__eval *e, const llbc__actuals *a)
{
    return change_case(e, a, 'a', 'z', 'A' - 'a');
}

llbc__value llbc__fn_lower(llbc__eval *e, const llbc__actuals *a)
{
    return change_case(e, a, 'A', 'Z', 'a' - 'A');
}

llbc__value llbc__fn_starts_with(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value text = llbc__value_of(a, "TEXT");
    llbc__value prefix = llbc__value_of(a, "PREFIX");

    (void)e;
    return llbc__bool_value(text.n >= prefix.n &&
                            memcmp(text.u.str, prefix.u.str, prefix.n) == 0);
}

llbc__value llbc__fn_ends_with(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value text = llbc__value_of(a, "TEXT");
    llbc__value end = llbc__value_of(a, "SUFFIX");

    (void)e;
    return llbc__bool_value(
        text.n >= end.n &&
        memcmp(text.u.str + text.n - end.n, end.u.str, end.n) == 0);
}

/* --- match ------------------------------------------------------------------
 */

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
static bool match(llbc__eval *e, const char *p, const char *s)
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
    bool is = match(e, llbc__str_of(a, "PATTERN"), llbc__str_of(a, "TEXT"));

    if (!llbc__eval_step(e, a->whole))
        return llbc__no_value();
    return llbc__bool_value(is);
}

/* --- format -----------------------------------------------------------------
 */

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

/* --- sh
 * ----------------------------------------------------------------------- */

static bool is_plain(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        if (!isalnum((unsigned char)*s) && !strchr("-_./:=@%+,", *s))
            return false;
    }
    return true;
}

static void quote(llb__buf *b, const char *s)
{
    if (is_plain(s)) {
        llb__buf_adds(b, s);
        return;
    }
    llb__buf_addc(b, '\'');
    for (; *s; s++) {
        if (*s == '\'')
            llb__buf_adds(b, "'\\''");
        else
            llb__buf_addc(b, *s);
    }
    llb__buf_addc(b, '\'');
}

static bool quote_value(llbc__eval *e, llb__buf *b, llbc__value v)
{
    size_t len;
    const char *text;

    if (v.kind == LLBC__FS || v.kind == LLBC__MAP || v.kind == LLBC__LIST)
        return false;
    text = llbc__value_text(e->arena, v, &len);
    quote(b, text ? text : "");
    return true;
}

llbc__value llbc__fn_sh(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__value_of(a, "VALUE");
    llb__buf b = LLB__BUF_INIT;
    bool good = true;

    if (v.kind == LLBC__LIST) {
        for (size_t i = 0; i < v.n && good && b.len <= LLBC__MAX_STRING; i++) {
            if (i)
                llb__buf_addc(&b, ' ');
            good = quote_value(e, &b, v.u.list[i]);
        }
    } else {
        good = quote_value(e, &b, v);
    }
    if (good)
        return llbc__eval_take(e, &b, a->whole);
    llb__buf_clear(&b);
    llbc__report(e->diags, LLBC__E_TYPE, llbc__at_of(a, "VALUE"),
                 "only texts, ints, bools and lists of them are words of a "
                 "shell");
    return llbc__no_value();
}

/* --- paths
 * -------------------------------------------------------------------- */

llbc__value llbc__fn_basename(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__value_of(a, "PATH");
    size_t end = v.n, start;

    while (end > 1 && v.u.str[end - 1] == '/')
        end--;
    start = end;
    while (start && v.u.str[start - 1] != '/')
        start--;
    if (start == end)
        start = end ? end - 1 : 0;
    return part(e, end ? v.u.str + start : ".", end ? end - start : 1);
}

llbc__value llbc__fn_dirname(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value v = llbc__value_of(a, "PATH");
    size_t end = v.n;

    while (end > 1 && v.u.str[end - 1] == '/')
        end--;
    while (end && v.u.str[end - 1] != '/')
        end--;
    while (end > 1 && v.u.str[end - 1] == '/')
        end--;
    return part(e, end ? v.u.str : ".", end ? end : 1);
}

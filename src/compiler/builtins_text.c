/* Functions on text. */
#include <ctype.h>
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"

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

/* --- sh ------------------------------------------------------------- */

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

/* --- paths ---------------------------------------------------------- */

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

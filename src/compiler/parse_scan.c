/* What the scanner needs more than regular expressions for: words, numbers,
 * signs, and the mistakes that show in single tokens. */
#include "parse_impl.h"

#include <string.h>

#include "llb.tab.h"
#include "utf8.h"

static const char *text_at(const llbc__parser *p, llb_span at)
{
    return p->source->text + at.start;
}

static size_t len_of(llb_span at) { return at.end - at.start; }

/* --- touching ---------------------------------------------------------- */

static bool ends_operand(int token)
{
    switch (token) {
    case TOK_NAME:
    case TOK_INT:
    case TOK_RAW:
    case TOK_STRING_CLOSE:
    case TOK_RPAREN:
    case TOK_RBRACKET:
    case TOK_RBRACE:
    case TOK_RMAP:
    case TOK_KW_TRUE:
    case TOK_KW_FALSE:
        return true;
    default:
        return false;
    }
}

bool llbc__touches(const llbc__parser *p, llb_span at)
{
    return at.start == p->prev_end && ends_operand(p->prev);
}

int llbc__minus(const llbc__parser *p, llb_span at)
{
    /* The text ends with a NUL, so there is a byte behind every token. */
    bool blank_behind = strchr(" \t\r\n", p->source->text[at.end]) != NULL;

    return ends_operand(p->prev) && at.start > p->prev_end && !blank_behind
               ? TOK_NEG
               : TOK_MINUS;
}

/* --- words and numbers ------------------------------------------------- */

int llbc__word(const llbc__parser *p, llb_span at)
{
    static const struct {
        const char *text;
        int token;
    } keywords[] = {
        {"llb", TOK_KW_LLB},       {"import", TOK_KW_IMPORT},
        {"as", TOK_KW_AS},         {"arg", TOK_KW_ARG},
        {"let", TOK_KW_LET},       {"def", TOK_KW_DEF},
        {"target", TOK_KW_TARGET}, {"group", TOK_KW_GROUP},
        {"if", TOK_KW_IF},         {"then", TOK_KW_THEN},
        {"else", TOK_KW_ELSE},     {"for", TOK_KW_FOR},
        {"in", TOK_KW_IN},         {"fs", TOK_KW_FS},
        {"true", TOK_KW_TRUE},     {"false", TOK_KW_FALSE},
    };
    const char *text = text_at(p, at), *behind = p->source->text + at.end;
    size_t len = len_of(at);

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (keywords[i].text[0] != *text || strlen(keywords[i].text) != len ||
            memcmp(keywords[i].text, text, len) != 0)
            continue;
        return behind[0] == '=' && behind[1] != '=' ? TOK_KEY
                                                    : keywords[i].token;
    }
    return TOK_NAME;
}

llbc__name llbc__name_at(llbc__parser *p, llb_span at)
{
    char *text = llb__arena_strndup(p->arena, text_at(p, at), len_of(at));

    if (!text)
        p->failed = true;
    return (llbc__name){text, (uint32_t)len_of(at), at};
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Reads digits of a base; false: there is none, another character, or more
 * than 63 bits, which *ret_big tells. */
static bool read_digits(const char *s, size_t len, int base, int64_t *ret,
                        bool *ret_big)
{
    int64_t value = 0;

    *ret_big = false;
    for (size_t i = 0; i < len; i++) {
        int d = digit(s[i]);

        if (d >= base)
            return false;
        if (value > (INT64_MAX - d) / base)
            *ret_big = true;
        else
            value = value * base + d;
    }
    *ret = value;
    return len > 0 && !*ret_big;
}

int64_t llbc__number(llbc__parser *p, llb_span at)
{
    const char *s = text_at(p, at);
    size_t len = len_of(at);
    int base = 10;
    int64_t value = 0;
    bool big;

    if (len > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'o')) {
        base = s[1] == 'x' ? 16 : 8;
        s += 2;
        len -= 2;
    } else if (len > 1 && s[0] == '0' &&
               read_digits(s, len, 10, &value, &big)) {
        llbc__note *n = llbc__complain(p, LLBC__E_OCTAL, at,
                                       "a number does not start with 0");
        if (strspn(s, "01234567") >= len)
            llbc__help(n, "octal is 0o%.*s, decimal %.*s", (int)len - 1, s + 1,
                       (int)len - 1, s + 1);
        return 0;
    }
    if (read_digits(s, len, base, &value, &big))
        return value;
    llbc__complain(p, LLBC__E_NUMBER, at,
                   big ? "this number has more than 63 bits"
                       : "this is no number: digits, 0x and hexadecimal "
                         "digits, or 0o and octal digits");
    return 0;
}

/* --- comments, heredocs, odd characters -------------------------------- */

bool llbc__comment_add(llbc__parser *p, llb_span span)
{
    llbc__comment *c = llb__arena_alloc(p->arena, sizeof *c);

    if (!c) {
        p->failed = true;
        return false;
    }
    c->span = span;
    c->own_line = p->first_on_line;
    *p->comment_tail = c;
    p->comment_tail = &c->next;
    return true;
}

/* Whether the line at s[0..len) is word, with blanks around it perhaps. */
static bool line_is(const char *s, size_t len, llb__bytes word)
{
    while (len && (*s == ' ' || *s == '\t')) {
        s++;
        len--;
    }
    while (len && strchr(" \t\r", s[len - 1]))
        len--;
    return len == word.len && memcmp(s, word.data, len) == 0;
}

bool llbc__heredoc_ends(const llbc__parser *p, llb_span line)
{
    return line_is(text_at(p, line), len_of(line), p->heredoc);
}

void llbc__heredoc(llbc__parser *p, llb_span at)
{
    const char *s = text_at(p, at) + 2, *end = p->source->text + at.end;
    const char *text_end = p->source->text + p->source->len;
    llbc__note *n =
        llbc__complain(p, LLBC__E_HEREDOC, at, "there are no heredocs");

    llbc__help(n, "lines of text stand in \"\"\", each cut by the indentation "
                  "of the closing quotes");
    while (s < end && strchr("-\"'", *s))
        s++;
    while (end > s && strchr("\"'", end[-1]))
        end--;
    llb__bytes word = {(const uint8_t *)s, (size_t)(end - s)};
    while ((end = memchr(end, '\n', (size_t)(text_end - end))) != NULL) {
        end++;
        const char *stop = memchr(end, '\n', (size_t)(text_end - end));

        if (!stop)
            stop = text_end;
        if (line_is(end, (size_t)(stop - end), word)) {
            p->heredoc = word;
            return;
        }
    }
}

void llbc__odd_character(llbc__parser *p, llb_span at)
{
    const char *s = text_at(p, at);
    uint32_t c = 0;
    size_t len = llb__utf8_decode(s, len_of(at), &c);
    llb_span one = {at.file, at.start, at.start + (uint32_t)(len ? len : 1)};
    llbc__note *n = llbc__complain(p, LLBC__E_CHARACTER, one,
                                   "`%.*s` has no meaning here", (int)len, s);

    if (c >= 0x2018 && c <= 0x201f)
        llbc__help(n, "quotes are \" and '");
    else if (c == 0xa0 || (c >= 0x2000 && c <= 0x200b))
        llbc__help(n, "blanks are the ordinary blank and the tab");
    else if (c == '&' || c == '|' || c == '$' || c == '`')
        llbc__help(n, "what the shell is to read stands in a string: "
                      "run \"...\"");
    else if (c >= 0x80)
        llbc__help(n, "text stands in quotes, names are made of A-Z, a-z, "
                      "0-9 and _");
}

void llbc__shell_expansion(llbc__parser *p, llb_span at)
{
    int len = len_of(at) > 40 ? 40 : (int)len_of(at);
    const char *s = text_at(p, at);
    llbc__note *n = llbc__complain(
        p, LLBC__E_SHELL_EXPANSION, at,
        "`%.*s` is for the shell, but `${` starts an expression", len, s);

    llbc__help(n, "for the shell write $%.*s", len, s);
}

void *llbc__pool_alloc(llbc__parser *p, size_t size)
{
    size_t n = (size + sizeof *p->pool - 1) / sizeof *p->pool;
    size_t left = sizeof p->pool / sizeof *p->pool - p->pool_used;

    if (n > left)
        return NULL;
    p->pool_used += n;
    return p->pool + p->pool_used - n;
}

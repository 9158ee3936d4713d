/* Syntax errors in words. What people are known to type has its own message
 * with the mend; everything else says what was expected. */
#include "parse_impl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h> /* strcasecmp */

#include "buf.h"
#include "llb.tab.h"

#define MAX_SHOWN 30 /* bytes of the text that a message quotes */

/* --- Dockerfiles ------------------------------------------------------- */

static const struct instruction {
    const char *word, *mend;
} instructions[] = {
    {"FROM", "from image(\"debian:12\"); a named stage is a function: "
             "def NAME() { ... }"},
    {"RUN", "run \"COMMAND\""},
    {"COPY", "copy local(\".\") \"SRC\" \"DST\""},
    {"ADD", "copy local(\".\") \"SRC\" \"DST\", or copy http(\"URL\") ..."},
    {"ENV", "env NAME=\"VALUE\""},
    {"ARG", "arg NAME = \"DEFAULT\", outside of targets"},
    {"WORKDIR", "workdir \"/DIR\""},
    {"USER", "user \"NAME\""},
    {"CMD", "cmd [\"PROGRAM\", \"ARGUMENT\"]"},
    {"ENTRYPOINT", "entrypoint [\"PROGRAM\", \"ARGUMENT\"]"},
    {"EXPOSE", "expose \"8080/tcp\""},
    {"VOLUME", "volume \"/DIR\""},
    {"LABEL", "label \"KEY\"=\"VALUE\""},
    {"SHELL", "shell [\"/bin/bash\", \"-c\"]"},
    {"STOPSIGNAL", "stop_signal \"SIGTERM\""},
    {"HEALTHCHECK", "healthcheck [\"PROGRAM\"]"},
    {"ONBUILD", "onbuild \"RUN ...\""},
    {"MAINTAINER", "author \"NAME\""},
};

bool llbc__dockerfile_word(llbc__parser *p, llb_span at)
{
    const char *text = p->source->text + at.start;
    size_t len = at.end - at.start;

    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        const struct instruction *in = &instructions[i];

        if (in->word[0] != *text || strlen(in->word) != len ||
            memcmp(in->word, text, len) != 0)
            continue;
        llbc__note *n =
            llbc__complain(p, LLBC__E_CAPITALS, at,
                           "`%s` is how Dockerfiles are written", in->word);
        llbc__help(n, "write %s", in->mend);
        return true;
    }
    return false;
}

const char *llbc__dockerfile_mend(const char *word)
{
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        if (strcasecmp(instructions[i].word, word) == 0)
            return instructions[i].mend;
    }
    return NULL;
}

void llbc__as_misplaced(llbc__parser *p, const llbc__stmt *s)
{
    const llbc__expr *callee = s->u.call.callee;
    const char *name =
        callee->kind == LLBC__EXPR_NAME ? callee->u.name.text : "";
    llbc__note *n;

    if (strcmp(name, "mount") == 0)
        return;
    n = llbc__report(p->diags, LLBC__E_AS, s->u.call.as.span,
                     "only a mount binds a name with `as`");
    if (strcmp(name, "from") == 0)
        llbc__help(n,
                   "a stage is a function or a value: def %s() { from ... } "
                   "or let %s = fs { from ... }",
                   s->u.call.as.text, s->u.call.as.text);
    else
        llbc__help(n, "a filesystem gets a name by let %s = fs { ... }",
                   s->u.call.as.text);
}

/* --- single cases ------------------------------------------------------ */

static bool is_operator(int token)
{
    switch (token) {
    case TOK_EQ:
    case TOK_NE:
    case TOK_LT:
    case TOK_LE:
    case TOK_GT:
    case TOK_GE:
    case TOK_AND:
    case TOK_OR:
    case TOK_NOT:
    case TOK_PLUS:
    case TOK_MINUS:
    case TOK_STAR:
    case TOK_SLASH:
    case TOK_PERCENT:
    case TOK_KW_IF:
        return true;
    default:
        return false;
    }
}

static bool is_keyword(int token)
{
    return token >= TOK_KW_LLB && token <= TOK_KW_FALSE;
}

/* Whether what was being read are the words of a statement. */
static bool in_words(const llbc__expected *e)
{
    return e->option && e->operand && e->newline;
}

/* The run of non-blanks that ends before, or starts behind, an operator. */
static llb_span word_before(const llbc__parser *p, uint32_t at)
{
    const char *s = p->source->text;

    while (at && (s[at - 1] == ' ' || s[at - 1] == '\t'))
        at--;
    uint32_t end = at;
    while (at && !strchr(" \t\n(,;=", s[at - 1]) && end - at < MAX_SHOWN)
        at--;
    return (llb_span){0, at, end};
}

static llb_span word_behind(const llbc__parser *p, uint32_t at)
{
    const char *s = p->source->text;

    while (s[at] == ' ' || s[at] == '\t')
        at++;
    uint32_t start = at;
    while (at < p->source->len && !strchr(" \t\r\n),;", s[at]) &&
           at - start < MAX_SHOWN)
        at++;
    return (llb_span){0, start, at};
}

static void tell_operator(llbc__parser *p, int token, llb_span at)
{
    const char *s = p->source->text;
    int len = (int)(at.end - at.start);
    llbc__note *n = llbc__complain(p, LLBC__E_OPERATOR, at,
                                   "`%.*s` between the operands of a statement",
                                   len, s + at.start);
    llb_span a = word_before(p, at.start), b = word_behind(p, at.end);

    if (token == TOK_AND || token == TOK_OR)
        llbc__help(n,
                   "for the shell, put all of it in one string: "
                   "run \"a %.*s b\"",
                   len, s + at.start);
    else if (token == TOK_NOT || token == TOK_KW_IF)
        llbc__help(n, "an expression stands in parentheses there: (%.*s ...)",
                   len, s + at.start);
    else
        llbc__help(n,
                   "an expression stands in parentheses there: "
                   "(%.*s %.*s %.*s)",
                   (int)(a.end - a.start), s + a.start, len, s + at.start,
                   (int)(b.end - b.start), s + b.start);
}

static void tell_keyword(llbc__parser *p, int token, llb_span at,
                         const llbc__expected *e)
{
    const char *s = p->source->text + at.start;
    int len = (int)(at.end - at.start);
    llbc__note *n;

    if (token == TOK_KW_LLB) {
        llbc__complain(p, LLBC__E_SYNTAX, at,
                       "the `llb` line comes once, before everything else");
    } else if (token == TOK_KW_ELSE) {
        llbc__complain(p, LLBC__E_SYNTAX, at, "`else` without an `if`");
    } else if (e->statement && !e->declaration) {
        n = llbc__complain(p, LLBC__E_IN_BLOCK, at, "`%.*s` inside a block",
                           len, s);
        llbc__help(n,
                   token == TOK_KW_ARG
                       ? "an arg stands outside of targets and is seen in all "
                         "of them; is a `}` missing above?"
                       : "declarations stand outside of targets and defs; is "
                         "a `}` missing above?");
    } else {
        n = llbc__complain(p, LLBC__E_KEYWORD, at,
                           "`%.*s` is a keyword and no name", len, s);
        if (e->option)
            llbc__help(n, "as the name of an option it touches its `=`");
        else if (e->string)
            llbc__help(n, "in quotes it is text: \"%.*s\"", len, s);
    }
}

static void tell_top_level(llbc__parser *p, llb_span at)
{
    int len =
        at.end - at.start > MAX_SHOWN ? MAX_SHOWN : (int)(at.end - at.start);
    llbc__note *n = llbc__complain(p, LLBC__E_TOP_LEVEL, at,
                                   "`%.*s` outside of every target and def",
                                   len, p->source->text + at.start);

    llbc__help(n, "steps stand in a target: target NAME { ... }");
}

/* --- what was expected ------------------------------------------------- */

static void add(const char **list, unsigned *n, const char *what)
{
    list[(*n)++] = what;
}

/* Collects what could come, most telling first; at most 12. */
static unsigned collect(const llbc__expected *e, const char *list[12])
{
    unsigned n = 0;

    if (e->declaration)
        add(list, &n, "a declaration");
    else if (e->statement)
        add(list, &n, "a statement");
    else if (in_words(e))
        add(list, &n, "an operand");
    else if (e->operand)
        add(list, &n, "an expression");
    else if (e->string && !e->option)
        add(list, &n, "a string");
    else if (e->number)
        add(list, &n, "a number");
    if (e->name && !e->operand && !e->statement && !e->option)
        add(list, &n, "a name");
    if (e->paren && !e->operand)
        add(list, &n, "`(`");
    if (e->option && !e->statement && (in_words(e) || !e->operand))
        add(list, &n, "an option");
    if (e->oper && !e->operand)
        add(list, &n, "an operator");
    for (unsigned i = 0; i < e->n_others; i++)
        add(list, &n, e->others[i]);
    if (e->newline)
        add(list, &n, "the end of the line");
    return n;
}

static void list_words(llb__buf *b, const char *const *list, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        llb__buf_printf(b, "%s%s",
                        i == 0       ? ""
                        : i == n - 1 ? " or "
                                     : ", ",
                        list[i]);
}

static void name_found(const llbc__parser *p, llb__buf *b, int token,
                       const char *name, llb_span at)
{
    uint32_t len = at.end - at.start;

    if (token == TOK_NL || token == 0)
        llb__buf_adds(b, token ? "the end of the line" : "the end of the file");
    else if (token == TOK_STRING_OPEN || token == TOK_RAW)
        llb__buf_adds(b, "a string");
    else if (len == 0 || token == TOK_TEXT)
        llb__buf_adds(b, name);
    else
        llb__buf_printf(b, "`%.*s%s`", (int)(len > MAX_SHOWN ? MAX_SHOWN : len),
                        p->source->text + at.start,
                        len > MAX_SHOWN ? "..." : "");
}

/* Whether the innermost bracket is a "(" with a blank between it and a name:
 * meant as a call, read as an operand. */
static bool parenthesis_of_call(const llbc__parser *p)
{
    if (llbc__innermost(p) != LLBC__OPEN_PAREN)
        return false;
    uint32_t open = p->brackets[p->n_brackets - 1].span.start;
    llb_span before = word_before(p, open);

    return before.end < open && before.end > before.start &&
           isalnum((unsigned char)p->source->text[before.end - 1]);
}

/* Whether this string, which is open itself by then, stands in a list. */
static bool in_list(const llbc__parser *p, int token)
{
    size_t n = p->n_brackets - (token == TOK_STRING_OPEN);

    return p->n_brackets > 1 && p->brackets[n - 1].kind == LLBC__OPEN_LIST;
}

static void tell_expected(llbc__parser *p, int token, const char *name,
                          llb_span at, const llbc__expected *e)
{
    const char *list[12];
    unsigned n = collect(e, list);
    llb__buf b = LLB__BUF_INIT;

    if (n && n <= 5) {
        llb__buf_adds(&b, "expected ");
        list_words(&b, list, n);
        llb__buf_adds(&b, ", found ");
    } else {
        llb__buf_adds(&b, "unexpected ");
    }
    name_found(p, &b, token, name, at);
    if (b.failed) {
        llb__buf_clear(&b);
        p->failed = true;
        return;
    }
    llbc__note *note = llbc__complain(p, LLBC__E_SYNTAX, at, "%s", b.data);
    llb__buf_clear(&b);
    if (token == TOK_COMMA && in_words(e))
        llbc__help(note, "blanks part the operands of a statement, commas "
                         "those of a call: name(a, b)");
    else if (token == TOK_COMMA && parenthesis_of_call(p))
        llbc__help(note, "the arguments of a call touch its name: name(a, b)");
    else if (token == TOK_ASSIGN && in_words(e))
        llbc__help(note, "to bind a name write let NAME = ...; a name with "
                         "dots or dashes stands in quotes: \"org.x\"=\"y\"");
    else if ((token == TOK_STRING_OPEN || token == TOK_RAW) &&
             in_list(p, token))
        llbc__help(note, "commas part the elements of a list: [\"a\", \"b\"]");
    else if (token == TOK_COLON && in_words(e))
        llbc__help(note, "a map as an operand stands in parentheses: "
                         "name ({key: value})");
    else if (token == TOK_INDEX)
        llbc__help(note, "a `[` that touches a name is an index; an operand "
                         "needs a blank before it");
    else if (token == TOK_LBRACE && e->operand)
        llbc__help(note, "a map stands in parentheses here: "
                         "({key: value})");
    else if (token == TOK_LBRACE && e->paren && n == 1)
        llbc__help(note, "parameters stand in parentheses, also when there "
                         "are none: def NAME() { ... }");
    else if (token == TOK_LBRACE && e->operand)
        llbc__help(note, "a map stands behind = ( [ , or :, a block behind fs");
}

void llbc__syntax_error(llbc__parser *p, int token, const char *name,
                        llb_span at, const llbc__expected *e)
{
    if (p->skipping || p->stop)
        return;
    if ((in_words(e) || e->operand || e->name) && llbc__habit(p, token, at))
        return;
    if (in_words(e) && is_operator(token))
        tell_operator(p, token, at);
    else if (e->declaration &&
             (token == TOK_NAME || token == TOK_KW_IF || token == TOK_KW_FOR))
        tell_top_level(p, at);
    else if (token == TOK_KW_LLB || token == TOK_KW_ELSE ||
             ((is_keyword(token) || token == TOK_KEY) &&
              (e->name || e->statement)))
        tell_keyword(p, token, at, e);
    else
        tell_expected(p, token, name, at, e);
}

#include "lint.h"

#include <ctype.h>
#include <string.h>

/* --- what comments allow --------------------------------------------- */

/* The line that a comment on a line of its own speaks of: the next one that
 * holds anything but comments. */
static uint32_t line_below(const llbc__source *s, uint32_t line)
{
    for (line++; line <= s->n_lines; line++) {
        uint32_t start, end;
        llbc__source_line(s, line, &start, &end);
        while (start < end && (s->text[start] == ' ' || s->text[start] == '\t'))
            start++;
        if (start < end && s->text[start] != '#')
            break;
    }
    return line;
}

static const char *code_named(const char *text, size_t len)
{
    for (int i = 0; i < LLBC__N_CODES; i++) {
        const char *code = llbc__code_text((llbc__code)i);
        if (code[0] == 'W' && strlen(code) == len &&
            memcmp(code, text, len) == 0)
            return code;
    }
    return NULL;
}

static void allow(llbc_diags *d, const llbc__source *s,
                  const llbc__comment *comment, const char *list,
                  const char *end)
{
    uint32_t line = llbc__source_line_of(s, comment->span.start);

    if (comment->own_line)
        line = line_below(s, line);
    while (list < end) {
        size_t skip = strspn(list, " ,"), len = strcspn(list + skip, " ,)");
        const char *word = list + skip;
        if (!len)
            return;
        const char *code = code_named(word, len);
        if (code) {
            llbc__silence(d, s->number, line, code);
        } else {
            llbc__note *n =
                llbc__report(d, LLBC__W_ALLOW, comment->span,
                             "\"%.*s\" is no warning", (int)len, word);
            llbc__help(n, "warnings have codes such as W0401; an error cannot "
                          "be allowed");
        }
        list = word + len;
    }
}

void llbc__lint_comments(llbc_diags *d, const llbc__file *file)
{
    static const char prefix[] = "llb: allow(";
    const llbc__source *s = file->source;

    for (const llbc__comment *c = file->comments; c; c = c->next) {
        const char *text = s->text + c->span.start;
        const char *end = s->text + c->span.end;
        while (text < end && (*text == '#' || *text == ' '))
            text++;
        if ((size_t)(end - text) < sizeof(prefix) ||
            memcmp(text, prefix, sizeof(prefix) - 1) != 0)
            continue;
        text += sizeof(prefix) - 1;
        const char *close = memchr(text, ')', (size_t)(end - text));
        if (close)
            allow(d, s, c, text, close);
    }
}

/* --- names that nothing uses ------------------------------------------ */

static void unused(llbc_diags *d, llb_span at, const char *what,
                   const char *name)
{
    if (*name == '_')
        return;
    llbc__note *n = llbc__report(d, LLBC__W_UNUSED, at,
                                 "nothing uses %s \"%s\"", what, name);
    llbc__help(n, "leave it out, or call it \"_%s\"", name);
}

void llbc__lint_names(llbc__check *c, const llbc__binding *outer)
{
    for (const llbc__binding *b = c->names; c->lint && b && b != outer;
         b = b->next) {
        if (b->used && !*b->used)
            unused(c->diags, b->at, "the name", b->name);
    }
}

void llbc__lint_unit(llbc_diags *d, const llbc__unit *u, bool main)
{
    bool has_targets = false;

    for (size_t i = 0; i < u->n_globals; i++)
        has_targets =
            has_targets || u->globals[i].decl->kind == LLBC__DECL_TARGET;
    for (size_t i = 0; i < u->n_globals; i++) {
        const llbc__global *g = &u->globals[i];
        llb_span at = g->decl->name.text ? g->decl->name.span : g->decl->head;
        if (g->used || g->space == LLBC__TARGETS)
            continue;
        if (g->space == LLBC__MODULES)
            unused(d, at, "the module", g->name);
        else if (main && has_targets)
            unused(d, at,
                   g->decl->kind == LLBC__DECL_ARG   ? "the argument"
                   : g->decl->kind == LLBC__DECL_DEF ? "the function"
                                                     : "the value",
                   g->name);
    }
}

/* --- secrets ---------------------------------------------------------- */

/* Whether key has the word between its ends, "_", "-" and ".". */
static bool has_word(const char *key, const char *word)
{
    size_t n = strlen(word);

    for (const char *s = key; *s; s++) {
        bool start = s == key || strchr("_-.", s[-1]);
        if (start && strncasecmp(s, word, n) == 0 &&
            (!s[n] || strchr("_-.", s[n])))
            return true;
    }
    return false;
}

static bool names_secret(const char *key)
{
    static const char *const words[] = {
        "password", "passwd",      "secret",     "token",
        "api_key",  "access_key",  "apikey",     "secret_key",
        "auth",     "private_key", "credential", "credentials"};

    if (has_word(key, "file") || has_word(key, "path") || has_word(key, "url"))
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (has_word(key, words[i]))
            return true;
    }
    return false;
}

static bool is_empty(const llbc__expr *e)
{
    return e->kind == LLBC__EXPR_STRING && !e->u.string.parts;
}

static void lint_keys(llbc__check *c, const llbc__args *args, const char *name)
{
    for (const llbc__arg *x = args->first; x; x = x->next) {
        if (!x->key && x->value->kind == LLBC__EXPR_MAP)
            lint_keys(c, &x->value->u.map, name);
        if (!x->key || is_empty(x->value) ||
            !names_secret(llbc__key_text(x->key)))
            continue;
        llbc__note *n = llbc__report(
            c->diags, LLBC__W_SECRET, x->key->span,
            "\"%s\" looks like a secret, and %s of the image is read by "
            "everybody who has it",
            llbc__key_text(x->key),
            strcmp(name, "env") == 0 ? "the environment" : "a label");
        llbc__help(n,
                   "give it to the step that needs it: run ... { secret "
                   "\"ID\" env=\"%s\" }",
                   llbc__key_text(x->key));
    }
}

static bool all_of(const char *s, size_t n, int (*is)(int c))
{
    for (size_t i = 0; i < n; i++) {
        if (!is((unsigned char)s[i]))
            return false;
    }
    return true;
}

static int is_key_char(int c) { return isupper(c) || isdigit(c); }

/* What only keys look like. */
static bool holds_secret(const char *text, size_t len)
{
    for (const char *s = text, *end = text + len; s < end; s++) {
        size_t left = (size_t)(end - s);
        if (left >= 20 && memcmp(s, "AKIA", 4) == 0 &&
            all_of(s + 4, 16, is_key_char))
            return true;
        if (left >= 40 && memcmp(s, "ghp_", 4) == 0 &&
            all_of(s + 4, 36, isalnum))
            return true;
        if (left >= 27 && memcmp(s, "-----BEGIN ", 11) == 0 &&
            memmem(s, left < 64 ? left : 64, "PRIVATE KEY", 11))
            return true;
    }
    return false;
}

/* --- the text of a run ------------------------------------------------ */

/* An argument of the file that stands in "${}" as it is. */
static const llbc__global *bare_arg(llbc__check *c, const llbc__part *p)
{
    if (!p->expr || (p->expr->kind == LLBC__EXPR_NAME &&
                     llbc__binding_find(c->names, p->expr->u.name.text)))
        return NULL;
    const llbc__global *g =
        llbc__meant(c->unit, c->names, LLBC__VALUES, p->expr);
    return g && g->decl->kind == LLBC__DECL_ARG && g->type &&
                   g->type->kind == LLBC__STRING
               ? g
               : NULL;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Where text has before and name, and name ends there; NULL: nowhere. */
static const char *find_word(const char *text, size_t len, const char *before,
                             const char *name, char behind)
{
    size_t first = strlen(before), n = first + strlen(name);

    for (size_t i = 0; i + n <= len; i++) {
        const char *s = text + i;
        if (memcmp(s, before, first) != 0 ||
            memcmp(s + first, name, n - first) != 0)
            continue;
        char next = i + n < len ? s[n] : '\0';
        bool whole = *before || i == 0 || !is_word(s[-1]);
        if (whole && (behind ? next == behind : !is_word(next)))
            return s;
    }
    return NULL;
}

/* "$version" of the shell, where no variable of that name is set in the file
 * and an argument bears it: in a Dockerfile it would be a variable. */
static void lint_variables(llbc__check *c, const llbc__part *p)
{
    const llbc__source *s = llbc__source_get(c->diags, p->span.file);

    for (size_t i = 0; s && p->text && i < c->unit->n_globals; i++) {
        const llbc__global *g = &c->unit->globals[i];
        if (g->decl->kind != LLBC__DECL_ARG ||
            !find_word(p->text, p->len, "$", g->name, '\0') ||
            find_word(s->text, s->len, "", g->name, '='))
            continue;
        llbc__note *n =
            llbc__report(c->diags, LLBC__W_NO_VARIABLE, p->span,
                         "no variable is called \"$%s\" here", g->name);
        llbc__help(n,
                   "for the argument write ${sh(%s)}, or set the variable: "
                   "env %s=%s",
                   g->name, g->name, g->name);
    }
}

static void lint_script(llbc__check *c, const llbc__expr *text)
{
    for (const llbc__part *p = text->u.string.parts; p; p = p->next) {
        const llbc__global *arg = bare_arg(c, p);
        if (arg) {
            llbc__note *n = llbc__report(
                c->diags, LLBC__W_UNQUOTED, p->span,
                "the shell takes apart what \"%s\" is set to", arg->name);
            llbc__help(n, "quote it: ${sh(%s)}", arg->name);
        }
        lint_variables(c, p);
        if (p->text && holds_secret(p->text, p->len)) {
            llbc__note *n =
                llbc__report(c->diags, LLBC__W_SECRET, p->span,
                             "the text holds a key, and stays in the history "
                             "of the image");
            llbc__help(n, "give it as a secret: { secret \"ID\" }");
        }
    }
}

void llbc__lint_call(llbc__check *c, const llbc__stmt *s, const char *name)
{
    const llbc__args *args = &s->u.call.args;

    if (!c->lint)
        return;
    if (strcmp(name, "env") == 0 || strcmp(name, "label") == 0)
        lint_keys(c, args, name);
    for (const llbc__arg *x = args->first; strcmp(name, "run") == 0 && x;
         x = x->next) {
        if (!x->key && x->value->kind == LLBC__EXPR_STRING)
            lint_script(c, x->value);
    }
}

/* Reading the parameter lists of the table of built-ins. */
#include "builtins.h"

#include <string.h>

static const struct {
    const char *text;
    llbc__want want;
    const llbc__ty *type;
    const char *shown;
} wants[] = {
    {"text", LLBC__WANT_TEXT, &llbc__ty_string, "string, int or bool"},
    {"texts", LLBC__WANT_TEXTS, NULL, "a map of strings, ints or bools"},
    {"script", LLBC__WANT_SCRIPT, NULL, "string or [string]"},
    {"mode", LLBC__WANT_MODE, NULL, "an int such as 0o644 or a string"},
    {"size", LLBC__WANT_SIZE, NULL, "a string such as \"64MiB\" or an int"},
    {"any", LLBC__WANT_ANY, &llbc__ty_unknown, "a value"},
    {"[T]", LLBC__WANT_LIST, NULL, "a list"},
    {"{T}", LLBC__WANT_MAP, NULL, "a map"},
    {"items", LLBC__WANT_ITEMS, NULL, "a string, list or map"},
    {"call", LLBC__WANT_CALL, NULL, "a call such as local(\"out\")"},
};

enum { N_WANTS = sizeof(wants) / sizeof(wants[0]) };

static bool is_text(const char *s, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(s, text, len) == 0;
}

static void parse_type(llb__arena *a, const char *s, size_t len,
                       llbc__formal *p)
{
    for (size_t i = 0; i < N_WANTS; i++) {
        if (is_text(s, len, wants[i].text)) {
            p->want = wants[i].want;
            p->type = wants[i].type;
            return;
        }
    }
    if (memchr(s, '/', len)) {
        p->want = LLBC__WANT_CHOICE;
        p->type = &llbc__ty_string;
        p->words = llb__arena_strndup(a, s, len);
        return;
    }
    p->want = LLBC__WANT_TYPE;
    p->type = llbc__ty_parse(a, s, len);
}

/* One "name?:TYPE!..." of len bytes. */
static bool parse_param(llb__arena *a, const char *s, size_t len,
                        llbc__formal *p)
{
    const char *colon = memchr(s, ':', len);
    size_t name_len = colon ? (size_t)(colon - s) : len;
    const char *type = colon ? colon + 1 : "string";
    size_t type_len = colon ? len - name_len - 1 : strlen(type);

    *p = (llbc__formal){.optional = name_len && s[name_len - 1] == '?'};
    if (type_len > 3 && memcmp(type + type_len - 3, "...", 3) == 0) {
        p->rest = true;
        type_len -= 3;
    }
    if (type_len && type[type_len - 1] == '!') {
        p->dollars = true;
        type_len--;
    }
    p->name = llb__arena_strndup(a, s, name_len - p->optional);
    parse_type(a, type, type_len, p);
    if (p->want == LLBC__WANT_SCRIPT)
        p->dollars = true;
    return p->name && (p->type || p->want != LLBC__WANT_TYPE);
}

size_t llbc__formals_parse(llb__arena *a, const char *text,
                           llbc__formal *params, size_t max)
{
    size_t n = 0;

    while (text && *text && n < max) {
        size_t len = strcspn(text, " ");
        if (len && parse_param(a, text, len, &params[n]))
            n++;
        text += len;
        text += strspn(text, " ");
    }
    return n;
}

const char *llbc__want_text(llb__arena *a, const llbc__formal *p)
{
    if (p->want == LLBC__WANT_TYPE)
        return llbc__ty_text(a, p->type);
    for (size_t i = 0; i < N_WANTS; i++) {
        if (wants[i].want == p->want)
            return wants[i].shown;
    }
    return p->words ? p->words : "string";
}

bool llbc__listed(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *s = list; s && (s = strstr(s, word)); s += len) {
        if ((s == list || s[-1] == ' ') && (s[len] == ' ' || !s[len]))
            return true;
    }
    return false;
}

const llbc__builtin *llbc__builtin_find(const char *name, llbc__role role)
{
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        const llbc__builtin *b = &llbc__builtins[i];
        if (b->name[0] == name[0] && b->role == role &&
            strcmp(b->name, name) == 0)
            return b;
    }
    return NULL;
}

const llbc__builtin *llbc__builtin_any(const char *name)
{
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        if (strcmp(llbc__builtins[i].name, name) == 0)
            return &llbc__builtins[i];
    }
    return NULL;
}

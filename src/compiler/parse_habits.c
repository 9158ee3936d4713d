/* Habits of people who know Dockerfiles and shells: flags with dashes, and
 * text without quotes. Each gets its own words instead of what the grammar
 * expected. */
#include "parse_impl.h"

#include <ctype.h>
#include <string.h>

#include "llb.tab.h"

#define MAX_TEXT 60 /* bytes of a text that a mend repeats */

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Sources end in NULs, so that the character behind any token can be read. */
static bool ends_word(char c) { return !c || strchr(" \t\r\n;,()[]{}#", c); }

/* --- flags ------------------------------------------------------------ */

static const struct flag {
    const char *name, *mend;
} flags[] = {
    {"from",
     "the filesystem comes first: copy build() \"SRC\" \"DST\", and the "
     "stage is def build() { ... }"},
    {"mount", "mounts stand in the block of the run: "
              "run \"...\" { cache \"/root/.cache\" }"},
    {"platform", "the platform is asked of the image: "
                 "from image(\"...\", platform=\"linux/amd64\")"},
    {"checksum", "the checksum is asked of the source: "
                 "http(\"URL\", checksum=\"sha256:...\")"},
    {"keep-git-dir", "the source has that option: "
                     "git(\"URL\", keep_git_dir=true)"},
    {"chown", "options have no dashes: chown=\"app:app\""},
    {"chmod", "options have no dashes: chmod=0o755"},
    {"link", "options have no dashes: link=true"},
    {"parents", "options have no dashes: parents=true"},
    {"unpack", "options have no dashes: unpack=true"},
    {"exclude", "options have no dashes: exclude=[\"*.md\"]"},
    {"network", "options have no dashes: network=\"none\""},
    {"security", "options have no dashes: security=\"insecure\""},
    {"device", "it stands in the block of the run: "
               "run \"...\" { device \"vendor.com/gpu=all\" }"},
};

/* "--name" or "--name=value", where only an expression can stand; at is its
 * second dash. */
static bool tell_flag(llbc__parser *p, llb_span at)
{
    const char *s = p->source->text, *name = s + at.end;

    if (s[at.start] != '-' || at.start == 0 || s[at.start - 1] != '-' ||
        !isalpha((unsigned char)*name))
        return false;
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    llb_span whole = {at.file, at.start - 1, at.end + (uint32_t)len};
    llbc__note *n = llbc__complain(p, LLBC__E_FLAG, whole,
                                   "there are no flags such as `--%.*s`",
                                   (int)(len > 30 ? 30 : len), name);

    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        if (strlen(flags[i].name) == len &&
            memcmp(flags[i].name, name, len) == 0) {
            llbc__help(n, "%s", flags[i].mend);
            return true;
        }
    }
    llbc__help(n,
               "an option has no dashes, and text in quotes: NAME=\"value\"");
    return true;
}

/* --- text without quotes ----------------------------------------------- */

/* The word around what was found, without an option's name before it. */
static llb_span word_at(const llbc__parser *p, llb_span at)
{
    const char *s = p->source->text;
    llb_span w = at;

    while (w.start && !ends_word(s[w.start - 1]) && s[w.start - 1] != '=' &&
           at.start - w.start < MAX_TEXT)
        w.start--;
    while (!ends_word(s[w.end]) && w.end - at.end < MAX_TEXT)
        w.end++;
    return w;
}

/* Whether what was found is in the middle, or at the start, of a word that
 * can be no calculation: /app, debian:12, apt-get, 80/tcp, but not a-1. */
static bool is_text(const llbc__parser *p, int token, llb_span at)
{
    const char *s = p->source->text;
    bool first =
        at.start == 0 || is_blank(s[at.start - 1]) || s[at.start - 1] == '=';
    unsigned char next = (unsigned char)s[at.end];

    if (ends_word((char)next))
        return false;
    switch (token) {
    case TOK_SLASH:
        return first || isalpha(next);
    case TOK_MINUS:
        return !first && isalpha(next);
    case TOK_COLON:
        return !first;
    default:
        return false;
    }
}

/* A version such as 1.0 is read as a number, a dot and another number. */
static bool is_version(const llbc__parser *p, int token, llb_span at)
{
    const char *s = p->source->text;

    return token == TOK_INT && at.start > 1 && s[at.start - 1] == '.' &&
           isdigit((unsigned char)s[at.start - 2]);
}

/* The first word of the line. */
static llb_span statement_of(const llbc__parser *p, uint32_t at)
{
    const char *s = p->source->text;
    llb_span w = {0, at, at};

    while (w.start && s[w.start - 1] != '\n')
        w.start--;
    while (is_blank(s[w.start]))
        w.start++;
    for (w.end = w.start; isalnum((unsigned char)s[w.end]) || s[w.end] == '_';)
        w.end++;
    return w;
}

static bool says(const llbc__parser *p, llb_span w, const char *word)
{
    return w.end - w.start == strlen(word) &&
           memcmp(p->source->text + w.start, word, w.end - w.start) == 0;
}

static void tell_text(llbc__parser *p, llb_span at)
{
    const char *s = p->source->text;
    llb_span word = word_at(p, at), name = statement_of(p, at.start);
    llbc__note *n =
        llbc__complain(p, LLBC__E_UNQUOTED, word, "text stands in quotes");
    const char *line = s + name.end;
    size_t len;

    line += strspn(line, " \t");
    len = strcspn(line, "\r\n\"\\{");
    while (len && is_blank(line[len - 1]))
        len--;
    if (!says(p, name, "run"))
        llbc__help(n, "write \"%.*s\"", (int)(word.end - word.start),
                   s + word.start);
    else if (!len || len > MAX_TEXT || strchr("\"\\", line[len]))
        llbc__help(n, "a command is one string: run \"...\"");
    else
        llbc__help(n, "a command is one string: run \"%.*s\"", (int)len, line);
}

bool llbc__habit(llbc__parser *p, int token, llb_span at)
{
    if (tell_flag(p, at))
        return true;
    if (!is_text(p, token, at) && !is_version(p, token, at))
        return false;
    if (word_at(p, at).start == statement_of(p, at.start).start)
        return false; /* no operand, but the statement itself */
    tell_text(p, at);
    return true;
}

void llbc__lone_dot(llbc__parser *p, llb_span at)
{
    llb_span word = word_at(p, at);
    llbc__note *n = llbc__complain(p, LLBC__E_CHARACTER, at,
                                   "a dot that belongs to nothing");

    if (says(p, statement_of(p, at.start), "copy"))
        llbc__help(n, "paths are strings, and copy says from where: "
                      "copy local(\".\") \"SRC\" \"DST\"");
    else
        llbc__help(n, "paths are strings: \"%.*s\"",
                   (int)(word.end - word.start), p->source->text + word.start);
}

/* Splitting a command line into words as google/shlex does: not a shell. */
#include "exec_int.h"

#include <stdlib.h>

#include "buf.h"

struct splitter {
    llb__call *c;
    const char *p;
    llb__buf word;  /* the word being read */
    llb__buf words; /* those before it, as const char * */
    size_t n;
};

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/* Takes the quoted text at p, behind its opening quote. In double quotes a
 * backslash takes the next character as it is. */
static bool quoted(struct splitter *s, char quote)
{
    for (; *s->p != quote; s->p++) {
        if (quote == '"' && *s->p == '\\')
            s->p++;
        if (!*s->p) {
            llb__call_fail(s->c, LLB_EINVAL,
                           "shlex ends inside of %c quotes: close them", quote);
            return false;
        }
        llb__buf_addc(&s->word, *s->p);
    }
    s->p++;
    return true;
}

static bool word(struct splitter *s)
{
    while (*s->p && !is_space(*s->p)) {
        char ch = *s->p++;
        if (ch == '\'' || ch == '"') {
            if (!quoted(s, ch))
                return false;
            continue;
        }
        if (ch == '\\') {
            ch = *s->p;
            if (!ch) {
                llb__call_fail(s->c, LLB_EINVAL, "shlex ends in a backslash");
                return false;
            }
            s->p++;
        }
        llb__buf_addc(&s->word, ch);
    }
    return true;
}

static bool add_word(struct splitter *s)
{
    const char *text = llb__copy_text(s->c, s->word.len ? s->word.data : "");

    if (s->word.failed)
        llb__call_nomem(s->c);
    if (s->c->error)
        return false;
    llb__buf_add(&s->words, &text, sizeof text);
    s->n++;
    s->word.len = 0;
    return true;
}

static bool split(struct splitter *s)
{
    for (;;) {
        while (is_space(*s->p))
            s->p++;
        if (!*s->p)
            return true;
        if (*s->p == '#') { /* a comment, only where a word would start */
            while (*s->p && *s->p != '\n')
                s->p++;
            continue;
        }
        if (!word(s) || !add_word(s))
            return false;
    }
}

bool llb__shlex(llb__call *c, const char *text, const char *const **ret_words,
                size_t *ret_n)
{
    struct splitter s = {
        .c = c, .p = text, .word = LLB__BUF_INIT, .words = LLB__BUF_INIT};

    if (llb__need_text(c, "shlex", text) && split(&s)) {
        const char **list = llb__alloc_array(c, s.n + 1, sizeof *list);
        if (s.words.failed)
            llb__call_nomem(c);
        if (!c->error && s.n)
            memcpy(list, s.words.data, s.n * sizeof *list);
        *ret_words = list;
        *ret_n = s.n;
    }
    llb__buf_clear(&s.words);
    llb__buf_clear(&s.word);
    return !c->error;
}

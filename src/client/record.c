/* Steps by their digest in a hash table, each with a ring of its last lines
 * while it runs. Everything is bounded, since a daemon may say anything. */
#include "record.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_STEPS = 1 << 16,
    MAX_LINES = 64,             /* kept of one step */
    MAX_LINE = 4096,            /* bytes kept of one line */
    MAX_TEXT = 8 * 1024 * 1024, /* bytes of lines of all steps */
    MAX_NOTES = 16
};

struct line {
    char *text;
    size_t len;
    int stream;
    int64_t offset_ns;
    bool open; /* its newline has not come yet */
};

struct step {
    char *digest, *name, *error;
    int64_t started_ns;
    bool failed;
    struct line *lines; /* MAX_LINES of them, or NULL */
    size_t first, n_lines;
};

struct bk__record {
    pthread_mutex_t lock;
    struct step **slots; /* open addressing, cap a power of two */
    size_t cap, n;
    size_t text;
    struct step *first_failed;
    char *notes[MAX_NOTES];
    size_t n_notes;
};

bk__record *bk__record_new(void) { return calloc(1, sizeof(bk__record)); }

static void drop_lines(bk__record *r, struct step *s)
{
    for (size_t i = 0; s->lines && i < MAX_LINES; i++) {
        r->text -= s->lines[i].text ? s->lines[i].len : 0;
        free(s->lines[i].text);
    }
    free(s->lines);
    s->lines = NULL;
    s->n_lines = s->first = 0;
}

static void step_free(bk__record *r, struct step *s)
{
    if (!s)
        return;
    drop_lines(r, s);
    free(s->digest);
    free(s->name);
    free(s->error);
    free(s);
}

void bk__record_free(bk__record *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->cap; i++)
        step_free(r, r->slots[i]);
    free(r->slots);
    while (r->n_notes > 0)
        free(r->notes[--r->n_notes]);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* FNV-1a: digests are spread evenly already, and other ids are few. */
static size_t hash(const char *s)
{
    uint64_t h = 14695981039346656037u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static struct step **find(struct step **slots, size_t cap, const char *digest)
{
    size_t i = hash(digest) & (cap - 1);

    while (slots[i] && strcmp(slots[i]->digest, digest) != 0)
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static bool grow(bk__record *r)
{
    size_t cap = r->cap ? 2 * r->cap : 64;
    struct step **slots = calloc(cap, sizeof *slots);

    if (!slots)
        return false;
    for (size_t i = 0; i < r->cap; i++) {
        if (r->slots[i])
            *find(slots, cap, r->slots[i]->digest) = r->slots[i];
    }
    free(r->slots);
    r->slots = slots;
    r->cap = cap;
    return true;
}

/* The step of that digest, made when it is new; NULL when it cannot be. */
static struct step *step_of(bk__record *r, const char *digest)
{
    struct step **slot = r->cap ? find(r->slots, r->cap, digest) : NULL;

    if (slot && *slot)
        return *slot;
    if (r->n >= r->cap / 2) {
        if (r->n >= MAX_STEPS || !grow(r))
            return NULL;
        slot = find(r->slots, r->cap, digest);
    }
    struct step *s = calloc(1, sizeof *s);
    if (s)
        s->digest = strdup(digest);
    if (!s || !s->digest) {
        free(s);
        return NULL;
    }
    *slot = s;
    r->n++;
    return s;
}

static void set(char **to, const char *text)
{
    if (*to && strcmp(*to, text) == 0)
        return;
    char *copy = strdup(text);
    if (!copy)
        return;
    free(*to);
    *to = copy;
}

static bool ends_with(const char *s, const char *end)
{
    size_t len = strlen(s), n = strlen(end);

    return len >= n && strcmp(s + len - n, end) == 0;
}

static void note_vertex(bk__record *r, const bk_vertex *v)
{
    struct step *s = step_of(r, v->digest);

    if (!s)
        return;
    set(&s->name, v->name);
    if (v->started_ns)
        s->started_ns = v->started_ns;
    if (*v->error) {
        set(&s->error, v->error);
        s->failed = !ends_with(v->error, "context canceled");
        if (s->failed && !r->first_failed)
            r->first_failed = s;
    } else if (v->completed_ns) {
        drop_lines(r, s);
    }
}

void bk__record_vertex(bk__record *r, const bk_vertex *v)
{
    pthread_mutex_lock(&r->lock);
    note_vertex(r, v);
    pthread_mutex_unlock(&r->lock);
}

/* A new last line; the oldest one makes room for it. */
static struct line *push(bk__record *r, struct step *s)
{
    if (s->n_lines == MAX_LINES) {
        struct line *old = &s->lines[s->first];
        r->text -= old->len;
        free(old->text);
        *old = (struct line){0};
        s->first = (s->first + 1) % MAX_LINES;
        s->n_lines--;
    }
    return &s->lines[(s->first + s->n_lines++) % MAX_LINES];
}

/* The line of that stream that still waits for its newline, or NULL. */
static struct line *open_line(struct step *s, int stream)
{
    for (size_t i = s->n_lines; i-- > 0;) {
        struct line *l = &s->lines[(s->first + i) % MAX_LINES];
        if (l->stream == stream)
            return l->open ? l : NULL;
    }
    return NULL;
}

static void append(bk__record *r, struct line *l, const char *text, size_t len)
{
    if (l->len + len > MAX_LINE)
        len = MAX_LINE - l->len;
    if (r->text + len > MAX_TEXT)
        return;
    char *longer = realloc(l->text, l->len + len + 1);
    if (!longer)
        return;
    memcpy(longer + l->len, text, len);
    longer[l->len + len] = '\0';
    l->text = longer;
    l->len += len;
    r->text += len;
}

static void note_log(bk__record *r, const bk_vertex_log *log)
{
    struct step *s = step_of(r, log->vertex);
    const char *p = log->data, *end = p + log->len;

    if (!s)
        return;
    if (!s->lines)
        s->lines = calloc(MAX_LINES, sizeof *s->lines);
    while (s->lines && p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        struct line *l = open_line(s, log->stream);
        if (!l) {
            l = push(r, s);
            l->stream = log->stream;
            l->offset_ns = s->started_ns && log->timestamp_ns
                               ? log->timestamp_ns - s->started_ns
                               : 0;
        }
        append(r, l, p, (size_t)((nl ? nl : end) - p));
        l->open = !nl;
        p = nl ? nl + 1 : end;
    }
}

void bk__record_log(bk__record *r, const bk_vertex_log *log)
{
    pthread_mutex_lock(&r->lock);
    note_log(r, log);
    pthread_mutex_unlock(&r->lock);
}

static bool fill_log(const struct step *s, llb__arena *a, bk_failure *f)
{
    bk_log_line *list = llb__arena_array(a, s->n_lines + 1, sizeof *list);

    if (!list)
        return false;
    for (size_t i = 0; i < s->n_lines; i++) {
        const struct line *l = &s->lines[(s->first + i) % MAX_LINES];
        list[i].stream = l->stream;
        list[i].offset_ns = l->offset_ns;
        list[i].len = l->len;
        list[i].text = llb__arena_strndup(a, l->text ? l->text : "", l->len);
        if (!list[i].text)
            return false;
    }
    f->log = list;
    f->n_log = s->n_lines;
    return true;
}

static bool fill(const bk__record *r, llb__arena *a, bk_failure *f)
{
    const struct step *s = r->first_failed;

    if (*f->vertex)
        s = r->cap ? *find(r->slots, r->cap, f->vertex) : NULL;
    if (!s)
        return true;
    f->vertex = llb__arena_strdup(a, s->digest);
    f->step = llb__arena_strdup(a, s->name ? s->name : "");
    f->error = llb__arena_strdup(a, s->error ? s->error : "");
    return f->vertex && f->step && f->error && fill_log(s, a, f);
}

bool bk__record_fill(bk__record *r, llb__arena *a, bk_failure *f)
{
    pthread_mutex_lock(&r->lock);
    bool ok = fill(r, a, f);
    pthread_mutex_unlock(&r->lock);
    return ok;
}

void bk__record_note(bk__record *r, const char *text)
{
    pthread_mutex_lock(&r->lock);
    char *copy = r->n_notes < MAX_NOTES ? strdup(text) : NULL;
    if (copy)
        r->notes[r->n_notes++] = copy;
    pthread_mutex_unlock(&r->lock);
}

char *bk__record_take_note(bk__record *r)
{
    char *note = NULL;

    pthread_mutex_lock(&r->lock);
    if (r->n_notes > 0) {
        note = r->notes[0];
        r->n_notes--;
        memmove(r->notes, r->notes + 1, r->n_notes * sizeof *r->notes);
    }
    pthread_mutex_unlock(&r->lock);
    return note;
}

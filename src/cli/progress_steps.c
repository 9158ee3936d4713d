/* The state behind a display: a daemon sends full states of a step, many
 * times, and pieces of output in any order between them. */
#include "progress_steps.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_PARTS = 4096,
    MAX_STEPS = 1 << 20, /* a daemon that makes them up could go on for ever */
};

static uint64_t hash(const char *s)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a; digests are spread anyway */

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

static cmd__step **slot_of(cmd__step **slots, size_t n_slots,
                           const char *digest)
{
    size_t at = (size_t)hash(digest) & (n_slots - 1);

    while (slots[at] && strcmp(slots[at]->digest, digest) != 0)
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

/* Room for one more step in the list and, at most half full, in the table. */
static bool grow(cmd__steps *t)
{
    if (t->n < t->cap)
        return true;
    if (t->n >= MAX_STEPS)
        return false;
    size_t cap = t->cap ? 2 * t->cap : 64;
    cmd__step **list = realloc(t->list, cap * sizeof(cmd__step *));
    if (!list)
        return false;
    t->list = list;
    cmd__step **slots = calloc(2 * cap, sizeof(cmd__step *));
    if (!slots)
        return false;
    for (size_t i = 0; i < t->n; i++)
        *slot_of(slots, 2 * cap, list[i]->digest) = list[i];
    free(t->slots);
    t->slots = slots;
    t->n_slots = 2 * cap;
    t->cap = cap;
    return true;
}

cmd__step *cmd__steps_get(cmd__steps *t, const char *digest)
{
    if (!grow(t))
        return NULL;
    cmd__step **slot = slot_of(t->slots, t->n_slots, digest);
    if (*slot)
        return *slot;
    cmd__step *s = calloc(1, sizeof(*s));
    if (!s || !(s->digest = strdup(digest))) {
        free(s);
        return NULL;
    }
    *slot = t->list[t->n++] = s;
    return s;
}

void cmd__steps_clear(cmd__steps *t)
{
    for (size_t i = 0; i < t->n; i++) {
        cmd__step *s = t->list[i];
        for (size_t j = 0; j < s->n_parts; j++)
            free(s->parts[j].id);
        free(s->parts);
        free(s->digest);
        free(s->name);
        free(s->error);
        llb__buf_clear(&s->line);
        llb__buf_clear(&s->due);
        free(s);
    }
    free(t->list);
    free(t->slots);
    *t = (cmd__steps){0};
}

void cmd__queue_end(cmd__steps *t, cmd__step *s)
{
    if (s->queued_end)
        return;
    s->queued_end = true;
    s->next_end = NULL;
    if (t->ended.first)
        t->ended.last->next_end = s;
    else
        t->ended.first = s;
    t->ended.last = s;
}

void cmd__queue_due(cmd__steps *t, cmd__step *s)
{
    if (s->queued_due)
        return;
    s->queued_due = true;
    s->next_due = NULL;
    if (t->due.first)
        t->due.last->next_due = s;
    else
        t->due.first = s;
    t->due.last = s;
}

cmd__step *cmd__next_ended(cmd__steps *t)
{
    cmd__step *s = t->ended.first;

    if (s) {
        t->ended.first = s->next_end;
        s->queued_end = false;
    }
    return s;
}

cmd__step *cmd__first_due(cmd__steps *t)
{
    cmd__step *s = t->due.first;

    for (; s && s->due.len == 0; s = t->due.first) {
        t->due.first = s->next_due;
        s->queued_due = false;
    }
    return s;
}

static bool ends_with(const char *s, const char *end)
{
    size_t len = strlen(s), end_len = strlen(end);

    return len >= end_len && strcmp(s + len - end_len, end) == 0;
}

bool cmd__step_update(cmd__step *s, const bk_vertex *v)
{
    char *name = strdup(v->name), *error = strdup(v->error);

    if (!name || !error) {
        free(name);
        free(error);
        return false;
    }
    free(s->name);
    free(s->error);
    s->name = name;
    s->error = error;
    s->cached = v->cached;
    s->canceled = ends_with(error, "context canceled");
    if (v->started_ns && v->started_ns != s->started_ns) {
        /* it runs once more; what it took before counts */
        s->before_ns = cmd__step_ns(s);
        s->started_ns = v->started_ns;
        s->completed_ns = 0;
        s->end_printed = false;
    }
    s->completed_ns = v->completed_ns;
    return true;
}

cmd__part *cmd__step_part(cmd__step *s, const char *id)
{
    for (size_t i = 0; i < s->n_parts; i++)
        if (strcmp(s->parts[i].id, id) == 0)
            return &s->parts[i];
    if (s->n_parts == MAX_PARTS)
        return NULL;
    cmd__part *parts = realloc(s->parts, (s->n_parts + 1) * sizeof(*parts));
    if (!parts)
        return NULL;
    s->parts = parts;
    parts[s->n_parts] = (cmd__part){.id = strdup(id)};
    return parts[s->n_parts].id ? &parts[s->n_parts++] : NULL;
}

void cmd__part_update(cmd__step *s, cmd__part *part, const bk_vertex_status *e)
{
    bool open = e->started_ns && !e->completed_ns;

    if (open && !part->open)
        s->n_open++;
    if (!open && part->open)
        s->n_open--;
    part->open = open;
    part->current = e->current;
    part->total = e->total;
    part->started_ns = e->started_ns;
    part->completed_ns = e->completed_ns;
}

static void add_unit(llb__buf *b, int64_t n)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = (double)n;
    size_t i = 0;

    while (value >= 1000 && i + 1 < sizeof(units) / sizeof(*units)) {
        value /= 1000;
        i++;
    }
    llb__buf_printf(b, "%.*f%s", i ? 2 : 0, value, units[i]);
}

void cmd__add_bytes(llb__buf *b, int64_t current, int64_t total)
{
    if (current <= 0 && total <= 0)
        return;
    llb__buf_addc(b, ' ');
    add_unit(b, current);
    if (total <= 0)
        return;
    llb__buf_adds(b, " / ");
    add_unit(b, total);
}

bool cmd__step_ended(const cmd__step *s)
{
    return s->completed_ns && s->n_open == 0;
}

int64_t cmd__step_ns(const cmd__step *s)
{
    int64_t ns = s->before_ns;

    if (s->started_ns && s->completed_ns > s->started_ns)
        ns += s->completed_ns - s->started_ns;
    return ns;
}

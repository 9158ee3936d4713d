/* The names and spellings of BuildKit's client/progress structs in JSON:
 * times in RFC 3339, bytes in base64, what is empty left out. */
#include "progress_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "escape.h"
#include "progress.h"
#include "utf8.h"

json_t *cmd__json_text(const char *text, size_t len)
{
    llb__buf safe = LLB__BUF_INIT;
    json_t *s;

    if (llb__utf8_valid(text, len))
        return json_stringn(text, len);
    cmd__escape(&safe, text, len);
    s = json_stringn(safe.data ? safe.data : "", safe.len);
    llb__buf_clear(&safe);
    return s;
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(o, key, cmd__json_text(text, strlen(text)));
}

static void set_time(json_t *o, const char *key, int64_t ns)
{
    time_t s = (time_t)(ns / 1000000000);
    char day[32], text[64];
    struct tm tm;

    if (ns <= 0 || !gmtime_r(&s, &tm))
        return;
    strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof(text), "%s.%09dZ", day, (int)(ns % 1000000000));
    json_object_set_new(o, key, json_string(text));
}

static json_t *base64(const void *data, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = data;
    char *text = malloc((len + 2) / 3 * 4 + 1), *out = text;

    if (!text)
        return NULL;
    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)in[i] << 16;
        v |= i + 1 < len ? (unsigned)in[i + 1] << 8 : 0;
        v |= i + 2 < len ? in[i + 2] : 0;
        *out++ = letters[v >> 18];
        *out++ = letters[v >> 12 & 63];
        *out++ = i + 1 < len ? letters[v >> 6 & 63] : '=';
        *out++ = i + 2 < len ? letters[v & 63] : '=';
    }
    json_t *s = json_stringn(text, (size_t)(out - text));
    free(text);
    return s;
}

/* {"KIND": [o]} */
static json_t *in_list(const char *kind, json_t *o)
{
    return json_pack("{s:[o]}", kind, o);
}

json_t *cmd__json_vertex(const bk_vertex *v)
{
    json_t *o = json_object(), *inputs = json_array();

    set_text(o, "digest", v->digest);
    for (size_t i = 0; i < v->n_inputs; i++)
        json_array_append_new(
            inputs, cmd__json_text(v->inputs[i], strlen(v->inputs[i])));
    if (v->n_inputs)
        json_object_set(o, "inputs", inputs);
    json_decref(inputs);
    set_text(o, "name", v->name);
    set_time(o, "started", v->started_ns);
    set_time(o, "completed", v->completed_ns);
    if (v->cached)
        json_object_set_new(o, "cached", json_true());
    set_text(o, "error", v->error);
    if (v->group_id && *v->group_id) {
        json_t *group = json_object();
        set_text(group, "id", v->group_id);
        set_text(group, "name", v->group_name);
        if (v->group_weak)
            json_object_set_new(group, "weak", json_true());
        json_object_set_new(o, "progressGroup", group);
    }
    return in_list("vertexes", o);
}

json_t *cmd__json_status(const bk_vertex_status *s)
{
    json_t *o = json_object();

    json_object_set_new(o, "id", cmd__json_text(s->id, strlen(s->id)));
    set_text(o, "vertex", s->vertex);
    set_text(o, "name", s->name);
    if (s->total)
        json_object_set_new(o, "total", json_integer(s->total));
    json_object_set_new(o, "current", json_integer(s->current));
    set_time(o, "timestamp", s->timestamp_ns);
    set_time(o, "started", s->started_ns);
    set_time(o, "completed", s->completed_ns);
    return in_list("statuses", o);
}

json_t *cmd__json_log(const bk_vertex_log *l)
{
    json_t *o = json_object();

    set_text(o, "vertex", l->vertex);
    json_object_set_new(o, "stream", json_integer(l->stream));
    json_object_set_new(o, "data", base64(l->data, l->len));
    set_time(o, "timestamp", l->timestamp_ns);
    return in_list("logs", o);
}

json_t *cmd__json_warning(const bk_vertex_warning *w)
{
    json_t *o = json_object();

    set_text(o, "vertex", w->vertex);
    json_object_set_new(o, "level", json_integer(w->level));
    json_object_set_new(o, "short", base64(w->text, strlen(w->text)));
    if (w->n_details) {
        json_t *list = json_array();
        for (size_t i = 0; i < w->n_details; i++)
            json_array_append_new(list,
                                  base64(w->details[i], strlen(w->details[i])));
        json_object_set_new(o, "detail", list);
    }
    set_text(o, "url", w->url);
    return in_list("warnings", o);
}

/* Memory of a play, and members taken out of JSON objects. */
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    struct piece *next;
    max_align_t data[];
};

void *play_alloc(struct play *p, size_t n, size_t size)
{
    struct piece *piece = calloc(1, sizeof *piece + (n + 1) * size);

    if (!piece)
        play_fail(p, "out of memory");
    piece->next = p->pieces;
    p->pieces = piece;
    return piece->data;
}

void play_free_all(struct play *p)
{
    while (p->pieces) {
        struct piece *next = p->pieces->next;
        free(p->pieces);
        p->pieces = next;
    }
}

void play_fail(struct play *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(p->why, sizeof p->why, fmt, ap);
    va_end(ap);
    longjmp(p->stop, 1);
}

json_t *take(struct play *p, json_t *object, const char *name)
{
    json_t *v = json_object_get(object, name);

    if (!v)
        return NULL;
    json_array_append(p->kept, v);
    json_object_del(object, name);
    return v;
}

const char *raw_text(struct play *p, const char *s)
{
    static const char mark[] = "\xef\xa3\xbf"; /* U+F8FF */

    if (!strstr(s, mark))
        return s;
    char *out = play_alloc(p, strlen(s) + 1, 1), *o = out;
    for (unsigned byte; *s;) {
        if (strncmp(s, mark, 3) == 0 && sscanf(s + 3, "%2x", &byte) == 1) {
            *o++ = (char)byte;
            s += 5;
        } else {
            *o++ = *s++;
        }
    }
    return out;
}

const char *text_of(struct play *p, json_t *value)
{
    const char *s = json_string_value(value);

    if (!s)
        play_fail(p, "text expected");
    if (strlen(s) != json_string_length(value))
        play_fail(p, "a text has a NUL, which the API cannot be given");
    return raw_text(p, s);
}

int64_t int_of(struct play *p, json_t *value)
{
    if (!json_is_integer(value))
        play_fail(p, "number expected");
    return json_integer_value(value);
}

const char *take_text(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    return v ? text_of(p, v) : NULL;
}

const char *need_text(struct play *p, json_t *object, const char *name)
{
    const char *s = take_text(p, object, name);

    return s ? s : ""; /* an absent member is empty */
}

bool take_bool(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    if (v && !json_is_boolean(v))
        play_fail(p, "%s: true or false expected", name);
    return json_is_true(v);
}

int64_t take_int(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    return v ? int_of(p, v) : 0;
}

int64_t *take_int_ptr(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    if (!v)
        return NULL;
    int64_t *n = play_alloc(p, 1, sizeof *n);
    *n = int_of(p, v);
    return n;
}

json_t *take_object(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    if (v && !json_is_object(v))
        play_fail(p, "%s: object expected", name);
    return v;
}

json_t *take_list(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    if (v && !json_is_array(v))
        play_fail(p, "%s: list expected", name);
    return v;
}

const char **texts_of(struct play *p, json_t *list, size_t *ret_n)
{
    size_t n = json_array_size(list);
    const char **texts = play_alloc(p, n, sizeof *texts);

    for (size_t i = 0; i < n; i++)
        texts[i] = text_of(p, json_array_get(list, i));
    *ret_n = n;
    return texts;
}

const char **take_texts(struct play *p, json_t *object, const char *name,
                        size_t *ret_n)
{
    json_t *list = take_list(p, object, name);

    *ret_n = 0;
    return list ? texts_of(p, list, ret_n) : NULL;
}

const char *only_member(struct play *p, json_t *object, json_t **ret_value)
{
    void *it = json_object_iter(object);

    if (json_object_size(object) != 1)
        play_fail(p, "an object with exactly one member expected");
    *ret_value = json_object_iter_value(it);
    return json_object_iter_key(it);
}

void done(struct play *p, json_t *object, const char *what)
{
    void *it = json_object_iter(object);

    if (it)
        play_fail(p, "%s: unknown member \"%s\"", what,
                  json_object_iter_key(it));
}

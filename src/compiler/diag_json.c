/* Diagnostics as JSON, for editors and other programs. */
#include <stdlib.h>
#include <string.h>

#include "diag_impl.h"
#include "utf8.h"
#include "json.h"

/* A JSON string of any bytes: what is not UTF-8 becomes U+FFFD. */
static json_t *string(const char *s)
{
    llb__buf b = LLB__BUF_INIT;
    size_t len = strlen(s);
    json_t *out = NULL;

    for (size_t at = 0; at < len;) {
        size_t good = llb__utf8_check(s + at, len - at);

        llb__buf_add(&b, s + at, good);
        at += good;
        if (at < len) {
            llb__buf_adds(&b, "\xef\xbf\xbd");
            at++;
        }
    }
    if (!b.failed)
        out = json_stringn(b.len ? b.data : "", b.len);
    llb__buf_clear(&b);
    return out;
}

/* The place as an object, or NULL: no memory. */
static json_t *place(const llbc_diags *d, llb_span at)
{
    const llbc__source *s = llbc__source_get(d, at.file);
    llbc__pos from = llbc__source_pos(s, at.start);
    llbc__pos to = llbc__source_pos(s, at.end);

    return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "file",
                     string(s->name), "line", (json_int_t)from.line, "column",
                     (json_int_t)from.column, "end_line", (json_int_t)to.line,
                     "end_column", (json_int_t)to.column, "start",
                     (json_int_t)at.start, "end", (json_int_t)at.end);
}

static bool set_place(const llbc_diags *d, json_t *o, llb_span at)
{
    return !llbc__source_get(d, at.file) ||
           json_object_set_new(o, "place", place(d, at)) == 0;
}

static json_t *related_json(const llbc_diags *d, const llbc_diag *diag)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < diag->n_related; i++) {
        const llbc_related *r = &diag->related[i];
        json_t *o = json_pack("{s:o}", "message", string(r->message));

        if (!o || !set_place(d, o, r->at)) {
            json_decref(o);
            json_decref(list);
            return NULL;
        }
        if (json_array_append_new(list, o) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *diag_json(const llbc_diags *d, const llbc_diag *diag)
{
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:o, s:o}", "severity",
                  diag->severity == LLBC_ERROR ? "error" : "warning", "code",
                  diag->code, "title", diag->title, "message",
                  string(diag->message), "related", related_json(d, diag));

    if (!o)
        return NULL;
    if (!set_place(d, o, diag->at) ||
        (diag->help &&
         json_object_set_new(o, "help", string(diag->help)) < 0)) {
        json_decref(o);
        return NULL;
    }
    return o;
}

llb_status llbc_diags_json(const llbc_diags *d, char **ret_text,
                           size_t *ret_len)
{
    json_t *list = json_array();
    char *text = NULL;

    for (size_t i = 0; list && i < d->n_notes; i++) {
        if (json_array_append_new(list, diag_json(d, &d->notes[i]->diag)) < 0) {
            json_decref(list);
            list = NULL;
        }
    }
    if (list)
        text = llbc__json_text(list, JSON_INDENT(2));
    json_decref(list);
    if (!text)
        return LLB_ENOMEM;
    if (ret_len)
        *ret_len = strlen(text);
    *ret_text = text;
    return LLB_OK;
}

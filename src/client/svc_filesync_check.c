/* Patterns that cannot be used. The daemon hands them back to us as they are in
 * the definition, but only when the step runs, and without its place. */
#include "svc_filesync_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "error.h"
#include "match.h"

#define LOCAL "local://"

/* "FILE:LINE: " of an op's statement, or "". */
static void place_of(const llb_def *def, size_t op, char *out, size_t size)
{
    llb_def_place place;

    *out = '\0';
    if (llb_def_op_places(def, op, &place, 1) == 0 || place.start_line <= 0)
        return;
    llb_def_info info = llb_def_info_at(def, place.info);
    int len = info.filename_len > 200 ? 200 : (int)info.filename_len;
    snprintf(out, size, "%.*s:%d: ", len, info.filename, (int)place.start_line);
}

/* The list in an attribute, as JSON; what is none is the daemon's to judge. */
static llb_status compile(const char *text, llb_error *err)
{
    json_t *list = text ? json_loads(text, 0, NULL) : NULL;
    size_t n = json_array_size(list);
    llb__bytes *patterns = n ? calloc(n, sizeof *patterns) : NULL;
    bk__matcher *m = NULL;
    llb_status st = LLB_OK;

    if (n && !patterns)
        st = llb__fail_nomem(err);
    for (size_t i = 0; i < n && patterns; i++) {
        const json_t *p = json_array_get(list, i);
        patterns[i] = (llb__bytes){(const uint8_t *)json_string_value(p),
                                   json_string_length(p)};
    }
    if (n && st == LLB_OK)
        st = bk__matcher_new(patterns, n, &m, err);
    bk__matcher_free(m);
    free(patterns);
    json_decref(list);
    return st;
}

static llb_status check_op(const llb_def *def, size_t i, const json_t *op,
                           llb_error *err)
{
    static const char *const keys[][2] = {{"local.includepattern", "include"},
                                          {"local.excludepatterns", "exclude"}};
    const json_t *source = json_object_get(json_object_get(op, "op"), "source");
    const json_t *attrs = json_object_get(source, "attrs");
    const char *id = json_string_value(json_object_get(source, "identifier"));
    char place[256];
    llb_error why;

    if (!id || strncmp(id, LOCAL, strlen(LOCAL)) != 0)
        return LLB_OK;
    for (size_t k = 0; k < 2; k++) {
        llb_status st = compile(
            json_string_value(json_object_get(attrs, keys[k][0])), &why);
        if (st == LLB_OK)
            continue;
        place_of(def, i, place, sizeof place);
        return llb__fail(err, st, LLB__NOWHERE,
                         "%sthe %s list of \"%.80s\": %s", place, keys[k][1],
                         id + strlen(LOCAL), why.message);
    }
    return LLB_OK;
}

llb_status bk__filesync_check(const llb_def *def, llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < llb_def_n_ops(def) && st == LLB_OK; i++) {
        llb_def_op op = llb_def_op_at(def, i);
        char *text;
        if (!memmem(op.data, op.len, LOCAL, strlen(LOCAL)))
            continue;
        st = llb_def_print_op(def, i, &text, NULL, err);
        if (st != LLB_OK)
            break;
        json_t *json = json_loads(text, 0, NULL);
        free(text);
        st = check_op(def, i, json, err);
        json_decref(json);
    }
    return st;
}

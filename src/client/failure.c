/* The daemon's errors. Status details are JSON inside protobuf, in two
 * dialects: keys as in the .proto files or in lower camel case. What we do not
 * know is skipped. */
#include "failure.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <status.pb-c.h>

#include "base64.h"
#include "bounds.h"
#include "wire.h"

enum { MAX_PLACES = 64, MAX_RANGES = 256 };

struct failure {
    bk_failure pub; /* first: bk_failure_free() finds the arena behind it */
    llb__arena *arena;
    bk_place places[MAX_PLACES];
    bool nomem;
};

/* A member by either of its spellings. */
static const json_t *member(const json_t *o, const char *a, const char *b)
{
    const json_t *v = json_object_get(o, a);

    return v ? v : json_object_get(o, b);
}

static int number(const json_t *o, const char *a, const char *b)
{
    const json_t *v = member(o, a, b);
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : 0;

    return n > 0 && n < INT32_MAX ? (int)n : 0;
}

static const char *string(struct failure *f, const json_t *v)
{
    if (!json_is_string(v))
        return "";
    const char *copy = llb__arena_strndup(f->arena, json_string_value(v),
                                          json_string_length(v));
    f->nomem |= !copy;
    return copy ? copy : "";
}

static void read_ranges(struct failure *f, const json_t *list, bk_place *place)
{
    size_t n = json_array_size(list);

    if (n > MAX_RANGES)
        n = MAX_RANGES;
    bk_range *ranges = llb__arena_array(f->arena, n + 1, sizeof *ranges);
    if (!ranges) {
        f->nomem = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *r = json_array_get(list, i);
        const json_t *from = json_object_get(r, "start");
        const json_t *to = json_object_get(r, "end");
        ranges[i] = (bk_range){number(from, "line", "Line"),
                               number(from, "character", "Character"),
                               number(to, "line", "Line"),
                               number(to, "character", "Character")};
    }
    place->ranges = ranges;
    place->n_ranges = n;
}

/* errdefs.Source: a file and places in it. */
static void read_source(struct failure *f, const json_t *o)
{
    const json_t *info = json_object_get(o, "info");
    const json_t *data = json_object_get(info, "data");
    bk_place *place = &f->places[f->pub.n_places];

    if (f->pub.n_places == MAX_PLACES)
        return;
    place->file = string(f, json_object_get(info, "filename"));
    read_ranges(f, json_object_get(o, "ranges"), place);
    if (json_is_string(data)) {
        place->text =
            bk__base64_decode(f->arena, json_string_value(data),
                              json_string_length(data), &place->text_len);
    }
    f->pub.n_places++;
}

static void read_vertex(struct failure *f, const json_t *o)
{
    const char *digest = string(f, json_object_get(o, "digest"));

    if (!*f->pub.vertex)
        f->pub.vertex = digest;
}

/* ExitMessage leaves a code of 0 out; it is there only for a failed process,
 * so 0 is a process that could not be waited for. */
static void read_exit(struct failure *f, const json_t *o)
{
    f->pub.has_exit_code = true;
    f->pub.exit_code = (unsigned)number(o, "Code", "code");
}

/* errdefs.Solve: what is left of a step. */
static void read_solve(struct failure *f, const json_t *o)
{
    const json_t *ids = member(o, "mountIDs", "mount_ids");
    size_t n = json_array_size(ids);

    if (n > MAX_RANGES || f->pub.n_mount_refs)
        return;
    const char **list = llb__arena_array(f->arena, n + 1, sizeof *list);
    f->nomem |= !list;
    for (size_t i = 0; list && i < n; i++)
        list[i] = string(f, json_array_get(ids, i));
    f->pub.mount_refs = list;
    f->pub.n_mount_refs = list ? n : 0;
}

static const struct kind {
    const char *type_url;
    void (*read)(struct failure *f, const json_t *o);
} kinds[] = {
    {"github.com/moby/buildkit/errdefs.Source+json", read_source},
    {"github.com/moby/buildkit/errdefs.Vertex+json", read_vertex},
    {"github.com/moby/buildkit/gatewayapi.ExitMessage+json", read_exit},
    {"github.com/moby/buildkit/errdefs.Solve+json", read_solve},
};

static void read_detail(struct failure *f, const Bk__Wk__Any *any)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(bk__text(any->type_url), kinds[i].type_url) != 0)
            continue;
        json_t *o = json_loadb((const char *)any->value.data, any->value.len,
                               JSON_ALLOW_NUL, NULL);
        if (json_is_object(o))
            kinds[i].read(f, o);
        json_decref(o);
    }
}

static void read_details(struct failure *f, const bk__rpc *rpc)
{
    ProtobufCMessage *m;

    if (!rpc->details ||
        bk__unpack(&bk__rpc__status__descriptor,
                   (llb__bytes){rpc->details, rpc->details_len}, "status", &m,
                   NULL) != LLB_OK)
        return;
    const Bk__Rpc__Status *status = (const Bk__Rpc__Status *)m;
    for (size_t i = 0; i < status->n_details; i++)
        read_detail(f, status->details[i]);
    bk__free(m);
}

/* Daemons before v0.10 tell the exit code only in words. */
static void exit_code_from_words(struct failure *f)
{
    static const char words[] = "exit code: ";
    const char *p = f->pub.message, *last = NULL;

    while ((p = strstr(p, words)) != NULL)
        last = p += sizeof words - 1;
    if (f->pub.has_exit_code || !last)
        return;
    char *end;
    unsigned long code = strtoul(last, &end, 10);
    if (end > last && code > 0 && code < 256) {
        f->pub.has_exit_code = true;
        f->pub.exit_code = (unsigned)code;
    }
}

/* One bk_place of one Location of op i. */
static void own_place(struct failure *f, const llb_def *def,
                      const llb_def_place *p)
{
    bk_place *place = &f->places[f->pub.n_places];
    llb_def_info info = llb_def_info_at(def, p->info);
    bk_range *range = llb__arena_array(f->arena, 1, sizeof *range);

    place->file =
        llb__arena_strndup(f->arena, info.filename, info.filename_len);
    place->text = llb__arena_strndup(f->arena, info.data, info.data_len);
    if (!range || !place->file || !place->text) {
        f->nomem = true;
        return;
    }
    *range = (bk_range){p->start_line, p->start_char, p->end_line, p->end_char};
    place->text_len = info.data_len;
    place->ranges = range;
    place->n_ranges = 1;
    f->pub.n_places++;
}

/* What our own definition says of the step. */
static void fill_from_def(struct failure *f, bk__maps *maps)
{
    llb_def_place places[16];
    size_t op, n;
    llb_def *def =
        *f->pub.vertex ? bk__maps_find(maps, f->pub.vertex, &op) : NULL;

    if (!def)
        return;
    if (!*f->pub.step) {
        char *name = llb_def_op_name(def, op);
        if (name)
            f->pub.step = llb__arena_strdup(f->arena, name);
        f->nomem |= !name || !f->pub.step;
        free(name);
    }
    n = llb_def_op_places(def, op, places, sizeof places / sizeof *places);
    /* The daemon wraps its error in one place after the other, and so sends
     * the outermost first; what we know ourselves is in order. */
    if (n > 0)
        f->pub.n_places = 0;
    if (n > sizeof places / sizeof *places)
        n = sizeof places / sizeof *places;
    for (size_t i = 0; i < n && !f->nomem; i++)
        own_place(f, def, &places[i]);
    llb_def_free(def);
}

static bool fill(struct failure *f, const bk__rpc *rpc, bk__record *record,
                 bk__maps *maps)
{
    f->pub.message =
        llb__arena_strdup(f->arena, rpc->message ? rpc->message : "");
    f->pub.code = rpc->code;
    f->pub.vertex = f->pub.step = f->pub.error = "";
    f->pub.places = f->places;
    if (!f->pub.message)
        return false;
    read_details(f, rpc);
    exit_code_from_words(f);
    if (*f->pub.vertex)
        f->pub.vertex = bk__maps_given(maps, f->arena, f->pub.vertex);
    if (!f->pub.vertex ||
        (record && !bk__record_fill(record, f->arena, &f->pub)))
        return false;
    fill_from_def(f, maps);
    return !f->nomem;
}

bk_failure *bk__failure_make(const bk__rpc *rpc, bk__record *record,
                             bk__maps *maps)
{
    struct failure *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->arena = llb__arena_new(4 * LLB__MAX_MESSAGE);
    if (!f->arena || !fill(f, rpc, record, maps)) {
        bk_failure_free(&f->pub);
        return NULL;
    }
    return &f->pub;
}

void bk_failure_free(bk_failure *pub)
{
    struct failure *f = (struct failure *)pub;

    if (!f)
        return;
    llb__arena_free(f->arena);
    free(f);
}

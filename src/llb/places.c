/* Source maps: made once, compared when they are marshalled. */
#include "places.h"

#include <xxhash.h>

#include "bounds.h"
#include "nowhere.h"
#include "state_int.h"
#include "wire.h"

static uint64_t hash_of(const llb_source_map *m)
{
    uint64_t h = XXH3_64bits_withSeed(m->name.data, m->name.len, 1);

    h = XXH3_64bits_withSeed(m->language.data, m->language.len, h);
    return XXH3_64bits_withSeed(m->data.data, m->data.len, h);
}

llb_source_map *llb__map_new(llb__call *c, llb__bytes name, llb__bytes language,
                             llb__bytes data)
{
    llb_source_map *m = llb__alloc(c, sizeof *m);

    if (!m)
        return NULL;
    m->g = c->g;
    m->id = c->g->n_maps++;
    m->name = name;
    m->language = language;
    m->data = data;
    m->hash = hash_of(m);
    return m;
}

static const llb_source_map *failed_map(llb__call *c)
{
    if (!c->g)
        return &llb__nowhere_of(c->error)->map;
    llb_source_map *m = llb__arena_alloc(c->g->arena, sizeof *m);
    if (!m)
        return &llb__nowhere_of(llb__no_memory())->map;
    m->g = c->g;
    m->error = c->error;
    m->filename = "";
    return m;
}

static llb__bytes copy(llb__call *c, const void *data, size_t len)
{
    return (llb__bytes){llb__copy_bytes(c, data, len), len};
}

const llb_source_map *llb_source_map_new(llb_graph *g, const llb_state *state,
                                         const char *filename,
                                         const char *language, const void *data,
                                         size_t len)
{
    llb__call c = llb__call_begin(g, "llb_source_map_new");

    if ((state && !llb__need_state(&c, "state", state)) ||
        !llb__need_text(&c, "filename", filename) ||
        !llb__opt_text(&c, "language", language) ||
        !llb__need_list(&c, "data", data, len))
        return failed_map(&c);
    if (len > LLB__MAX_DEFINITION)
        llb__call_fail(&c, LLB_ELIMIT,
                       "data of %zu bytes is larger than a "
                       "definition",
                       len);
    char *name = llb__copy_text(&c, filename);
    llb__bytes lang =
        copy(&c, language ? language : "", language ? strlen(language) : 0);
    llb__bytes text = copy(&c, data, len);
    if (c.error)
        return failed_map(&c);
    llb_source_map *m = llb__map_new(
        &c, (llb__bytes){(uint8_t *)name, strlen(name)}, lang, text);
    if (!m)
        return failed_map(&c);
    m->filename = name;
    m->state = state && state->node ? state : NULL;
    /* A scratch state's definition is empty, and yet it is there. */
    if (state && !state->node)
        m->definition = (llb__bytes){text.data, 0};
    return m;
}

/* Positions are written even when they are zero, like Go's, whose pointers are
 * always set. */
static void encode_range(llb__enc *e, const llb_range *r)
{
    size_t range = llb__enc_len(e), mark = range;

    llb__enc_i64(e, 2, r->end_character);
    llb__enc_i64(e, 1, r->end_line);
    llb__enc_wrap(e, 2, mark);
    mark = llb__enc_len(e);
    llb__enc_i64(e, 2, r->start_character);
    llb__enc_i64(e, 1, r->start_line);
    llb__enc_wrap(e, 1, mark);
    llb__enc_wrap(e, 2, range);
}

static bool place_set(llb__call *c, llb__place *p, const llb_location *l)
{
    if (l->map->error) {
        llb__call_inherit(c, l->map->error);
        return false;
    }
    if (l->map->g != c->g) {
        llb__call_fail(c, LLB_EINVAL, "a location's map is of another graph");
        return false;
    }
    if (!llb__need_list(c, "ranges of a location", l->ranges, l->n_ranges))
        return false;
    for (size_t i = l->n_ranges; i-- > 0;)
        encode_range(&c->g->enc, &l->ranges[i]);
    p->map = l->map;
    p->ranges = llb__take_enc(c, &p->ranges_len);
    return p->ranges != NULL;
}

const llb__place *llb__places_new(llb__call *c, const llb_location *list,
                                  size_t n, size_t *ret_n)
{
    size_t used = 0;

    *ret_n = 0;
    if (!n || !llb__need_list(c, "locations", list, n))
        return NULL;
    llb__place *places = llb__alloc_array(c, n, sizeof *places);
    for (size_t i = 0; places && i < n; i++)
        if (list[i].map && !place_set(c, &places[used++], &list[i]))
            return NULL;
    *ret_n = places ? used : 0;
    return places;
}

/* Number of ops in a serialized pb.Definition, and the last of them. */
static size_t count_ops(llb__bytes def, llb__bytes *ret_last)
{
    llb__wire w = llb__wire_of(def);
    llb__wire_field f;
    size_t n = 0;

    *ret_last = (llb__bytes){NULL, 0};
    while (llb__wire_next(&w, &f)) {
        if (f.number != 1 || f.type != LLB__LEN)
            continue;
        *ret_last = f.body;
        n++;
    }
    return n;
}

static bool bytes_equal(llb__bytes a, llb__bytes b)
{
    return llb__bytes_are(a, (const char *)b.data, b.len);
}

bool llb__map_equal(const llb_source_map *a, const llb_source_map *b)
{
    if (!bytes_equal(a->name, b->name) ||
        !bytes_equal(a->language, b->language) ||
        !bytes_equal(a->data, b->data))
        return false;
    /* Definitions decide only if both maps brought one along; those of states
     * are made after the maps have been numbered. */
    if (!a->definition.data || !b->definition.data)
        return true;
    llb__bytes last_a, last_b;
    size_t n_a = count_ops(a->definition, &last_a);
    size_t n_b = count_ops(b->definition, &last_b);
    return n_a == n_b && bytes_equal(last_a, last_b);
}

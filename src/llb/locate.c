/* Definition.source: which lines of which files the ops come from. */
#include "marshal_int.h"

#include <stdlib.h>

/* ---- Numbering of maps --------------------------------------------------- */

static const llb_source_map **infos(llb__marshal *m) { return m->infos.items; }

static void put_slot(llb__marshal *m, uint32_t number)
{
    uint32_t *slots = m->info_slots.items;
    size_t mask = m->info_slots.n - 1;
    size_t at = infos(m)[number]->hash & mask;

    while (slots[at])
        at = (at + 1) & mask;
    slots[at] = number + 1;
}

static bool grow_slots(llb__marshal *m)
{
    size_t cap = m->info_slots.n ? 2 * m->info_slots.n : 16;

    m->info_slots.n = 0;
    uint32_t *slots = llb__vec_room(m, &m->info_slots, cap, sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, cap * sizeof *slots);
    m->info_slots.n = cap;
    for (size_t i = 0; i < m->infos.n; i++)
        put_slot(m, (uint32_t)i);
    return true;
}

/* Number + 1 of an equal map, 0 if there is none. */
static uint32_t find_equal(llb__marshal *m, const llb_source_map *map)
{
    const uint32_t *slots = m->info_slots.items;
    size_t mask = m->info_slots.n - 1;

    for (size_t at = map->hash & mask; slots[at]; at = (at + 1) & mask) {
        const llb_source_map *other = infos(m)[slots[at] - 1];
        if (other->hash == map->hash && llb__map_equal(other, map))
            return slots[at];
    }
    return 0;
}

/* The number of a map in this definition, LLB__OPEN when m has failed. */
static uint32_t number_of(llb__marshal *m, const llb_source_map *map)
{
    if (!m->info_of) {
        m->info_of = calloc(m->g->n_maps, sizeof *m->info_of);
        if (!m->info_of) {
            llb__marshal_nomem(m);
            return LLB__OPEN;
        }
    }
    uint32_t *known = &m->info_of[map->id];
    if (*known)
        return *known - 1;
    if (2 * (m->infos.n + 1) > m->info_slots.n && !grow_slots(m))
        return LLB__OPEN;
    *known = find_equal(m, map);
    if (*known)
        return *known - 1;
    const llb_source_map **room =
        llb__vec_room(m, &m->infos, 1, sizeof(const llb_source_map *));
    if (!room)
        return LLB__OPEN;
    *room = map;
    *known = (uint32_t)++m->infos.n;
    put_slot(m, *known - 1);
    return *known - 1;
}

bool llb__locate(llb__marshal *m, uint32_t vertex, const llb__place *places,
                 size_t n)
{
    llb__more *v = llb__more_of(m, vertex);

    if (!v)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint32_t info = number_of(m, places[i].map);
        llb__spot *spot =
            info == LLB__OPEN ? NULL : llb__scratch(m, sizeof *spot);
        if (!spot)
            return false;
        *spot = (llb__spot){NULL, info, places[i].ranges, places[i].ranges_len};
        if (v->last_spot)
            v->last_spot->next = spot;
        else
            v->spots = spot;
        v->last_spot = spot;
    }
    return true;
}

/* ---- Writing, forward, with lengths computed first ----------------------- */

/* Of a field with a length: tag (one byte), length, body. */
static size_t field_len(size_t body)
{
    return 1 + llb__varint_len(body) + body;
}

static uint8_t *put_bytes(uint8_t *p, const void *data, size_t len)
{
    if (len)
        memcpy(p, data, len);
    return p + len;
}

static size_t spot_len(const llb__spot *s)
{
    return (s->info ? 1 + llb__varint_len(s->info) : 0) + s->ranges_len;
}

static const llb__spot *spots_of(const llb__marshal *m, uint32_t vertex)
{
    const llb__more *more = llb__vertex_more(&m->vertices[vertex]);

    return more ? more->spots : NULL;
}

static size_t spots_len(const llb__spot *s)
{
    size_t n = 0;

    for (; s; s = s->next)
        n += field_len(spot_len(s));
    return n;
}

/* The key of an entry, here and in the metadata. */
enum { KEY_LEN = 2 + LLB__DIGEST_LEN };

static size_t entry_len(size_t spots)
{
    return field_len(LLB__DIGEST_LEN) + field_len(spots);
}

/* The entry of a vertex; head is its key: tag, length and digest. */
static uint8_t *put_entry(uint8_t *p, const uint8_t *head,
                          const llb__spot *spots)
{
    size_t len = spots_len(spots);

    p = llb__put_head(p, 1, entry_len(len));
    p = put_bytes(p, head, KEY_LEN);
    p = llb__put_head(p, 2, len);
    for (const llb__spot *s = spots; s; s = s->next) {
        p = llb__put_head(p, 1, spot_len(s));
        if (s->info) {
            *p++ = 1 << 3 | LLB__WIRE_VARINT;
            p = llb__put_varint(p, s->info);
        }
        p = put_bytes(p, s->ranges, s->ranges_len);
    }
    return p;
}

/* pb.SourceInfo: filename 1, data 2, definition 3, language 4; a nested
 * definition is there even when it has no bytes. */
static size_t info_len(const llb_source_map *map, llb__bytes def)
{
    return (map->name.len ? field_len(map->name.len) : 0) +
           (map->data.len ? field_len(map->data.len) : 0) +
           (def.data ? field_len(def.len) : 0) +
           (map->language.len ? field_len(map->language.len) : 0);
}

static uint8_t *put_text(uint8_t *p, uint32_t field, llb__bytes b)
{
    return b.len ? put_bytes(llb__put_head(p, field, b.len), b.data, b.len) : p;
}

static uint8_t *put_info(uint8_t *p, const llb_source_map *map, llb__bytes def)
{
    p = llb__put_head(p, 2, info_len(map, def));
    p = put_text(p, 1, map->name);
    p = put_text(p, 2, map->data);
    if (def.data)
        p = put_bytes(llb__put_head(p, 3, def.len), def.data, def.len);
    return put_text(p, 4, map->language);
}

/* The definition that holds a map's file. */
struct nested {
    llb__bytes def; /* data NULL: none */
    uint8_t *made;  /* malloc'ed here, or NULL */
};

static bool make_nested(llb__marshal *m, struct nested *list)
{
    for (size_t i = 0; i < m->infos.n; i++) {
        const llb_source_map *map = infos(m)[i];
        list[i].def = map->definition;
        if (map->definition.data || !map->state)
            continue;
        if (!llb__marshal_nested(m, map->state, &list[i].made,
                                 &list[i].def.len))
            return false;
        list[i].def.data = list[i].made;
    }
    return true;
}

static size_t locations_len(const llb__marshal *m)
{
    size_t len = 0;

    if (!m->infos.n) /* no file, no location */
        return (m->n_ops - 1) * field_len(entry_len(0));
    for (size_t i = 0; i + 1 < m->n_ops; i++)
        len += field_len(entry_len(spots_len(spots_of(m, (uint32_t)i))));
    return len;
}

/* The metadata has the same keys in the same order: they are taken from
 * there, as the sums would have to be looked up all over the memory. */
static uint8_t *put_locations(const llb__marshal *m, uint8_t *p,
                              const uint32_t *order)
{
    const uint8_t *entry = m->out + m->metadata_at;

    for (size_t i = 0; i < m->n_ops; i++) {
        size_t len = 0;
        int shift = 0;
        do
            len |= (size_t)(*++entry & 0x7f) << shift;
        while (shift += 7, *entry & 0x80);
        if (order[i] + 1 != m->n_ops) /* the terminal comes from nowhere */
            p = put_entry(p, entry + 1,
                          m->infos.n ? spots_of(m, order[i]) : NULL);
        entry += 1 + len;
    }
    return p;
}

static bool write_source(llb__marshal *m, const uint32_t *order,
                         const struct nested *list)
{
    size_t len = locations_len(m);

    for (size_t i = 0; i < m->infos.n; i++)
        len += field_len(info_len(infos(m)[i], list[i].def));
    if (!llb__out_room(m, field_len(len)))
        return false;
    uint8_t *p = llb__put_head(m->out + m->out_len, 3, len);
    p = put_locations(m, p, order);
    for (size_t i = 0; i < m->infos.n; i++)
        p = put_info(p, infos(m)[i], list[i].def);
    m->out_len = (size_t)(p - m->out);
    return true;
}

bool llb__source_write(llb__marshal *m, const uint32_t *order)
{
    struct nested *list = NULL;

    if (m->infos.n) {
        list = calloc(m->infos.n, sizeof *list);
        if (!list)
            return llb__marshal_nomem(m);
    }
    bool ok = make_nested(m, list) && write_source(m, order, list);
    for (size_t i = 0; i < m->infos.n; i++)
        free(list[i].made);
    free(list);
    return ok;
}

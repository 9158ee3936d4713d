/* Continuing a graph from a definition. */
#include "loaded.h"

#include <stdlib.h>

#include <llb/marshal.h>

#include "platform.h"
#include "wire.h"

/* What is shared by the outputs of one op. */
struct op {
    const llb__loaded_meta *meta; /* NULL: not read yet */
    llb__caps caps;
    const llb__place *places;
    size_t n_places;
};

struct loader {
    llb__call *c;
    llb_def *def;
    struct op *ops;           /* by number; in the graph, like all of this */
    llb__loaded_node **table; /* open addressing by number and output */
    size_t mask;
    llb__loaded_node **todo; /* nodes whose kids are not known yet */
    size_t n_todo;
    const llb_source_map **maps;
    size_t n_maps;
};

const llb__platform *llb__loaded_platform(const llb__node *n)
{
    return ((const llb__loaded_node *)n)->platform;
}

/* ---- Places -------------------------------------------------------------- */

static bool read_infos(struct loader *l, llb__bytes source)
{
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;
    size_t n = llb_def_n_infos(l->def);

    l->maps = llb__alloc_array(l->c, n + 1, sizeof(const llb_source_map *));
    if (!l->maps)
        return false;
    while (llb__wire_next(&w, &f) && l->n_maps < n) {
        if (f.number != 2 || f.type != LLB__LEN)
            continue;
        llb__bytes name = llb__wire_body(f.body, 1);
        llb_source_map *m = llb__map_new(l->c, name, llb__wire_body(f.body, 4),
                                         llb__wire_body(f.body, 2));
        if (!m)
            return false;
        m->definition = llb__wire_body(f.body, 3);
        char *text = llb__alloc_array(l->c, name.len + 1, 1);
        if (!text)
            return false;
        if (name.len)
            memcpy(text, name.data, name.len);
        m->filename = text;
        l->maps[l->n_maps++] = m;
    }
    return true;
}

/* Reads one pb.Location. */
static bool read_place(struct loader *l, llb__bytes location, llb__place *p)
{
    llb__wire w = llb__wire_of(location);
    llb__wire_field f;
    uint64_t index = 0;
    size_t len = 0;
    uint8_t *ranges = llb__alloc_array(l->c, location.len + 1, 1);

    if (!ranges)
        return false;
    while (llb__wire_next(&w, &f)) {
        llb__bytes b = llb__whole_field(&w, &f);
        if (f.number == 1 && f.type == LLB__VARINT)
            index = f.value;
        if (f.number != 2 || f.type != LLB__LEN)
            continue;
        memcpy(ranges + len, b.data, b.len);
        len += b.len;
    }
    if (index >= l->n_maps) {
        llb__call_fail(l->c, LLB_EINVAL,
                       "a location names source file %llu of %zu",
                       (unsigned long long)index, l->n_maps);
        return false;
    }
    *p = (llb__place){l->maps[index], ranges, len};
    return true;
}

/* Reads a map entry of Source.locations. */
static bool read_locations(struct loader *l, llb__bytes item)
{
    llb__bytes key = llb__wire_body(item, 1);
    llb__wire w = llb__wire_of(llb__wire_body(item, 2));
    llb__wire_field f;
    size_t number, n = 0;

    if (!llb_def_find(l->def, (const char *)key.data, key.len, &number))
        return true; /* of an op that is not there */
    llb__wire count = w;
    while (llb__wire_next(&count, &f))
        n += f.number == 1 && f.type == LLB__LEN;
    llb__place *places = llb__alloc_array(l->c, n + 1, sizeof *places);
    if (!places)
        return false;
    l->ops[number].places = places;
    l->ops[number].n_places = n;
    for (n = 0; llb__wire_next(&w, &f);)
        if (f.number == 1 && f.type == LLB__LEN &&
            !read_place(l, f.body, &places[n++]))
            return false;
    return true;
}

static bool read_source(struct loader *l)
{
    size_t len;
    const uint8_t *bytes = llb_def_bytes(l->def, &len);
    llb__bytes source = llb__wire_body((llb__bytes){bytes, len}, 3);
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;

    if (!read_infos(l, source))
        return false;
    while (llb__wire_next(&w, &f))
        if (f.number == 1 && f.type == LLB__LEN && !read_locations(l, f.body))
            return false;
    return true;
}

/* ---- Nodes --------------------------------------------------------------- */

/* Equal ops count as the first of them. */
static size_t first_equal(const llb_def *def, size_t number)
{
    llb_def_op op = llb_def_op_at(def, number);
    size_t first = number;

    llb_def_find(def, op.digest, LLB__DIGEST_LEN, &first);
    return first;
}

/* The slot of an output: free, or with its node. */
static llb__loaded_node **slot(struct loader *l, size_t number, int64_t output)
{
    uint64_t h = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) +
                 (uint64_t)output * UINT64_C(0xc2b2ae3d27d4eb4f);
    size_t at = (size_t)(h ^ h >> 29) & l->mask;

    while (l->table[at] &&
           (l->table[at]->number != number || l->table[at]->output != output))
        at = (at + 1) & l->mask;
    return &l->table[at];
}

static bool fill(struct loader *l, llb__loaded_node *n, size_t number)
{
    llb_def_op op = llb_def_op_at(l->def, number);
    struct op *shared = &l->ops[number];

    if (!op.metadata) {
        llb__call_fail(l->c, LLB_EINVAL,
                       "op %zu (%s) has no metadata in the definition", number,
                       op.digest);
        return false;
    }
    if (!shared->meta &&
        !llb__meta_read(l->c, (llb__bytes){op.metadata, op.metadata_len},
                        &shared->meta, &shared->caps))
        return false;
    n->op = (llb__bytes){op.data, op.len};
    llb__digest_parse(op.digest, LLB__DIGEST_LEN, n->sum);
    n->n_inputs = (uint32_t)op.n_inputs;
    n->meta = shared->meta;
    n->places = shared->places;
    n->n_places = shared->n_places;
    llb__node_init(l->c, &n->node, LLB__LOADED_NODE, NULL);
    n->node.caps = shared->caps;
    return true;
}

/* The node of an output, made at first sight. NULL: the call has failed. */
static llb__loaded_node *node_of(struct loader *l, size_t number,
                                 int64_t output)
{
    number = first_equal(l->def, number);
    llb__loaded_node **at = slot(l, number, output);
    if (*at)
        return *at;
    llb__loaded_node *n = llb__alloc(l->c, sizeof *n);
    if (!n || !fill(l, n, number))
        return NULL;
    n->number = (uint32_t)number;
    n->output = output;
    *at = l->todo[l->n_todo++] = n;
    return n;
}

static bool link_kids(struct loader *l, llb__loaded_node *n)
{
    n->kids =
        llb__alloc_array(l->c, n->n_inputs + 1, sizeof(llb__loaded_node *));
    if (!n->kids)
        return false;
    for (size_t i = 0; i < n->n_inputs; i++) {
        int64_t output;
        size_t number = llb_def_op_input(l->def, n->number, i, &output);
        llb__loaded_node *kid = node_of(l, number, output);
        if (!kid)
            return false;
        n->kids[n->n_kids++] = kid;
    }
    return true;
}

static bool prepare(struct loader *l)
{
    size_t n_ops = llb_def_n_ops(l->def), n = 1, cap = 16;

    for (size_t i = 0; i < n_ops; i++)
        n += llb_def_op_at(l->def, i).n_inputs;
    while (cap < 2 * n)
        cap *= 2;
    l->mask = cap - 1;
    l->ops = llb__alloc_array(l->c, n_ops, sizeof *l->ops);
    l->table = llb__alloc_array(l->c, cap, sizeof(llb__loaded_node *));
    l->todo = llb__alloc_array(l->c, n, sizeof(llb__loaded_node *));
    return !l->c->error && read_source(l);
}

/* The node that the terminal names, with all below it. */
static llb__loaded_node *load(struct loader *l)
{
    int64_t output;

    if (!prepare(l))
        return NULL;
    size_t number =
        llb_def_op_input(l->def, llb_def_n_ops(l->def) - 1, 0, &output);
    llb__loaded_node *head = node_of(l, number, output);
    while (l->n_todo && !l->c->error)
        link_kids(l, l->todo[--l->n_todo]);
    return l->c->error ? NULL : head;
}

static const char *text_of(llb__call *c, llb__bytes b)
{
    char *s = llb__alloc_array(c, b.len + 1, 1);

    if (s && b.len)
        memcpy(s, b.data, b.len);
    return s;
}

/* Reads the platform that the head's op has. False: the call has failed. */
static bool read_platform(llb__call *c, llb__loaded_node *n)
{
    llb__wire_field f;
    llb_platform p = LLB_PLATFORM_INIT;
    const char *features[64];

    if (!llb__wire_find(n->op, 10, LLB__LEN, &f))
        return true;
    llb__wire w = llb__wire_of(f.body);
    while (llb__wire_next(&w, &f)) {
        const char *s = f.type == LLB__LEN ? text_of(c, f.body) : "";
        if (f.number == 1)
            p.arch = s;
        else if (f.number == 2)
            p.os = s;
        else if (f.number == 3)
            p.variant = s;
        else if (f.number == 4)
            p.os_version = s;
        else if (f.number == 5 && p.n_os_features < 64)
            features[p.n_os_features++] = s;
    }
    p.os_features = features;
    if (c->error)
        return false;
    const llb__platform *made = llb__platform_new(c, "platform", &p);
    if (made)
        n->platform = made->normal;
    return made != NULL;
}

/* Keeps the definition for as long as the graph. */
static bool hold(llb__call *c, llb_def *def)
{
    llb__held_def *h = llb__alloc(c, sizeof *h);

    if (!h)
        return false;
    h->def = llb_def_ref(def);
    h->next = c->g->held;
    c->g->held = h;
    return true;
}

const llb_state *llb_state_from_def(llb_graph *g, llb_def *def)
{
    llb__call c = llb__call_begin(g, "llb_state_from_def");
    struct loader l = {.c = &c, .def = def};

    if (!c.error && !def)
        llb__call_fail(&c, LLB_EINVAL, "def is NULL");
    llb_state *s = c.error ? NULL : llb__alloc(&c, sizeof *s);
    if (!s)
        return llb__failed(&c);
    s->g = g;
    s->values = &llb__no_values;
    if (llb_def_n_ops(def) == 0)
        return s;
    if (!hold(&c, def))
        return llb__failed(&c);
    llb__loaded_node *head = load(&l);
    if (!head || !read_platform(&c, head) ||
        !llb__state_set(&c, s, &head->node, &llb__no_values, head->platform))
        return llb__failed(&c);
    s->out.index = (uint64_t)head->output;
    return s;
}

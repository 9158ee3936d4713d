/* What every operation has in common: its places in the text, its platform,
 * the memory of what it was made from. */
#include "compile.h"
#include "eval.h"

#include <string.h>

const llbc__settings llbc__no_settings = {
    .network = -1, .security = -1, .network_max = -1, .security_max = -1};

static const llb_source_map *map_of(llbc__eval *e, uint32_t file)
{
    const llbc__source *s = llbc__source_get(e->diags, file);

    if (!s || file >= e->n_maps)
        return NULL;
    if (!e->maps[file])
        e->maps[file] =
            llb_source_map_new(e->graph, NULL, llbc__map_name(e->project, file),
                               "llb", s->text, s->len);
    return e->maps[file];
}

static void add_place(llbc__eval *e, llbc__op_places *p, size_t i,
                      llb_span span)
{
    const llbc__source *s = llbc__source_get(e->diags, span.file);

    p->locations[i] = (llb_location){map_of(e, span.file), &p->ranges[i], 1};
    if (!s)
        return;
    llbc__pos start = llbc__source_pos(s, span.start);
    llbc__pos end = llbc__source_pos(s, span.end);
    p->ranges[i] = (llb_range){(int32_t)start.line, (int32_t)start.column - 1,
                               (int32_t)end.line, (int32_t)end.column - 1};
}

/* The statement, then the calls that led to it, from inside out. */
static size_t add_places(llbc__eval *e, llbc__op_places *p)
{
    const llbc__frame *f = e->frame;
    size_t n = 0;

    add_place(e, p, n++, f->stmt);
    for (; f->caller && n < LLBC__MAX_PLACES; f = f->caller)
        add_place(e, p, n++, f->call_at);
    return n;
}

llb_constraints llbc__constraints(llbc__eval *e, llbc__op_places *p)
{
    llb_constraints c = LLB_CONSTRAINTS_INIT;
    const llbc__settings *set =
        e->frame->block ? &e->frame->block->set : &llbc__no_settings;

    if (++e->n_ops > LLBC__MAX_OPS) {
        llbc__note *n = llbc__report(e->diags, LLBC__E_OPS, e->frame->stmt,
                                     "the target has more than %d operations",
                                     LLBC__MAX_OPS);
        llbc__eval_way(e, n);
        llbc__eval_stop(e);
    }
    if (!e->opts->no_source) {
        c.n_locations = add_places(e, p);
        c.locations = p->locations;
    }
    c.custom_name = set->name;
    c.ignore_cache = set->no_cache;
    c.export_cache = set->export_cache;
    if (set->group) {
        p->group = (llb_progress_group){(uint32_t)sizeof(p->group), false,
                                        set->group, set->group};
        c.progress_group = &p->group;
    }
    return c;
}

llbc__value llbc__fs_value(const llbc__fs *fs)
{
    return fs ? (llbc__value){.kind = LLBC__FS, .u.fs = fs} : llbc__no_value();
}

const llbc__fs *llbc__fs_scratch(llbc__eval *e)
{
    const llb_state *state = llb_scratch(e->graph);
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));

    if (!fs || !llbc__state_ok(e, state, (llb_span){0, 0, 0}))
        return NULL;
    *fs = (llbc__fs){.state = state, .config = &llbc__no_config, .bare = true};
    return fs;
}

const llbc__fs *llbc__fs_with(llbc__eval *e, const llbc__fs *like,
                              const llb_state *state)
{
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));

    if (!fs)
        return like;
    *fs = *like;
    fs->state = state;
    return fs;
}

llbc__node *llbc__node_new(llbc__eval *e, size_t n_needs)
{
    llbc__node *n = llbc__eval_alloc(e, 1, sizeof(*n));

    if (!n)
        return NULL;
    n->needs = llbc__eval_alloc(e, n_needs, sizeof(*n->needs));
    n->n_needs = n->needs ? n_needs : 0;
    return n;
}

bool llbc__state_ok(llbc__eval *e, const llb_state *s, llb_span at)
{
    const llb_error *err = llb_state_error(s);

    if (!err)
        return true;
    if (err->status == LLB_ENOMEM) {
        if (llb_graph_bytes(e->graph) < LLBC__MAX_GRAPH_MEMORY / 2)
            llbc__eval_nomem(e);
        else
            llbc__report(e->diags, LLBC__E_TOO_LARGE, at,
                         "the operations take more than 2 GiB");
        llbc__eval_stop(e);
        return false;
    }
    /* Which call it was, perhaps with its place in front, says nothing to those
     * who wrote the file. */
    const char *message = err->message, *call = strstr(message, ": llb_");
    if (strncmp(message, "llb_", 4) == 0)
        call = message;
    const char *colon = call ? strstr(call + 1, ": ") : NULL;
    if (colon)
        message = colon + 2;
    llbc__report(e->diags, LLBC__E_GRAPH, at, "%s", message);
    return false;
}

/* Marks everything that `from` needs, without recursion. */
static void mark(llbc__node *from, llbc__node **ret_list)
{
    llbc__node *todo = from;

    *ret_list = NULL;
    if (!from || from->marked)
        return;
    from->marked = true;
    from->mark_next = NULL;
    while (todo) {
        llbc__node *n = todo;
        todo = n->mark_next;
        n->mark_next = *ret_list;
        *ret_list = n;
        for (size_t i = 0; i < n->n_needs; i++) {
            llbc__node *m = n->needs[i];
            if (!m || m->marked)
                continue;
            m->marked = true;
            m->mark_next = todo;
            todo = m;
        }
    }
}

bool llbc__node_reaches(llbc__eval *e, llbc__node *from, llbc__node *what)
{
    llbc__node *list;
    size_t n = 0;
    bool reached;

    if (!what)
        return true; /* scratch is below everything */
    mark(from, &list);
    reached = what->marked;
    for (; list; list = list->mark_next, n++)
        list->marked = false;
    llbc__eval_charge(e, n);
    return reached;
}

void llbc__note_lost(llbc__eval *e, llbc__node *before)
{
    llbc__node *list;
    size_t n = e->found.n_runs;

    mark(before, &list);
    for (size_t i = 0; i < e->found.n_runs; i++) {
        llbc__run *r = &e->found.runs[i];
        if (r->node->marked && !r->lost_by.file)
            r->lost_by = e->frame->stmt;
    }
    for (; list; list = list->mark_next, n++)
        list->marked = false;
    llbc__eval_charge(e, n);
}

void llbc__node_mark(llbc__node *from)
{
    llbc__node *list;

    mark(from, &list);
}

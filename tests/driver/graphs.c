/* Statements on whole states: options, merges, maps, definitions. */
#include "driver.h"

#include <string.h>

static const llb_state *set_options(struct play *p, json_t *st)
{
    const llb_state *s = take_state(p, st, "base"), *next;
    json_t *list = take_list(p, st, "set"), *value;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = only_member(p, json_array_get(list, i), &value);
        next = apply_option(p, s, name, value);
        if (!next)
            play_fail(p, "unknown state option \"%s\"", name);
        s = next;
    }
    return s;
}

/* The states whose ids are in the list. */
static const llb_state **take_states(struct play *p, json_t *st,
                                     const char *name, size_t *ret_n)
{
    const char **ids = take_texts(p, st, name, ret_n);
    const llb_state **states = play_alloc(p, *ret_n, sizeof *states);

    for (size_t i = 0; i < *ret_n; i++)
        states[i] = state_of(p, ids[i]);
    return states;
}

static const llb_state *merge(struct play *p, json_t *st)
{
    size_t n;
    const llb_state **inputs = take_states(p, st, "inputs", &n);

    return llb_merge(p->graph, inputs, n, take_constraints(p, st));
}

static const llb_state *diff(struct play *p, json_t *st)
{
    const llb_state *lower = take_state(p, st, "lower");
    const llb_state *upper = take_state(p, st, "upper");

    return llb_diff(lower, upper, take_constraints(p, st));
}

static const llb_state *build(struct play *p, json_t *st)
{
    llb_build_opts o = LLB_BUILD_OPTS_INIT;
    const llb_state *source = take_state(p, st, "source");

    o.filename = take_text(p, st, "filename");
    o.constraints = take_constraints(p, st);
    return llb_build(source, &o);
}

static const llb_state *passthrough(struct play *p, json_t *st)
{
    const char *id = need_text(p, st, "pass_id");
    json_t *list = take_list(p, st, "inputs");
    size_t n = json_array_size(list);
    llb_pass_input *in = play_alloc(p, n, sizeof *in);

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_array_get(list, i);
        in[i].state = take_state(p, o, "state");
        in[i].output = take_bool(p, o, "output");
        done(p, o, "passthrough input");
    }
    return llb_passthrough(p->graph, id, in, n, take_constraints(p, st));
}

static const llb_state *requires_states(struct play *p, json_t *st)
{
    const llb_state *base = take_state(p, st, "base");
    const char *id = need_text(p, st, "pass_id");
    size_t n;
    const llb_state **deps = take_states(p, st, "deps", &n);

    return llb_requires(base, id, deps, n);
}

static const llb_source_map *source_map(struct play *p, json_t *st)
{
    const llb_state *s =
        json_object_get(st, "state") ? take_state(p, st, "state") : NULL;
    const char *filename = need_text(p, st, "filename");
    const char *language = take_text(p, st, "language");
    const char *text = need_text(p, st, "text");

    return llb_source_map_new(p->graph, s, filename, language, text,
                              strlen(text));
}

/* Over the wire and back, as another program would load it. */
static const llb_state *definition(struct play *p, json_t *st)
{
    const llb_state *of = take_state(p, st, "of");
    llb_marshal_opts o;
    llb_def *made, *read;
    llb_error err = {0};
    size_t len;

    marshal_opts(p, take_list(p, st, "marshal"), &o);
    if (llb_marshal(of, &o, &made, &err) != LLB_OK)
        play_fail(p, "inner marshal: %s", err.message);
    const uint8_t *bytes = llb_def_bytes(made, &len);
    llb_status status =
        llb_def_parse(bytes, len, LLB_DEF_EMPTY_OK, &read, &err);
    llb_def_free(made);
    if (status != LLB_OK)
        play_fail(p, "inner definition: %s", err.message);
    const llb_state *s = llb_state_from_def(p->graph, read);
    llb_def_free(read);
    return s;
}

bool play_graph(struct play *p, const char *op, json_t *st, struct value *v)
{
    if (strcmp(op, "state") == 0)
        v->state = set_options(p, st);
    else if (strcmp(op, "merge") == 0)
        v->state = merge(p, st);
    else if (strcmp(op, "diff") == 0)
        v->state = diff(p, st);
    else if (strcmp(op, "build") == 0)
        v->state = build(p, st);
    else if (strcmp(op, "passthrough") == 0)
        v->state = passthrough(p, st);
    else if (strcmp(op, "passthrough_output") == 0)
        v->state = llb_passthrough_output(passthrough(p, st),
                                          (size_t)take_int(p, st, "index"));
    else if (strcmp(op, "requires") == 0)
        v->state = requires_states(p, st);
    else if (strcmp(op, "source_map") == 0)
        v->map = source_map(p, st);
    else if (strcmp(op, "definition") == 0)
        v->state = definition(p, st);
    else
        return false;
    return true;
}

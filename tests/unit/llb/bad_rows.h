/* The rows of bad_calls.h, to be called by their number. */
#ifndef TEST_BAD_ROWS_H
#define TEST_BAD_ROWS_H

#include "bad_calls.h"

/* Fills in a world that is zero, in an empty graph. */
static inline void world_of(struct world *w, llb_graph *g)
{
    llb_mount m = {.dest = "/m"};
    llb_run_opts o = {.shlex = "true", .mounts = &m, .n_mounts = 1};

    w->g = g;
    w->s = llb_image(g, "alpine", NULL);
    w->a = llb_mkdir(llb_actions_new(g), "/made", 0755, NULL);
    w->b = llb_actions_bind(w->a, w->s);
    w->map = llb_source_map_new(g, NULL, "f", NULL, "text", 4);
    w->e = llb_run(w->s, &o);
    w->pass = llb_passthrough(g, "id", &(llb_pass_input){w->s, 1}, 1, NULL);
}

struct row {
    const char *call, *argument;
    int flags;        /* of objects N and M; of texts 1: NULL is fine */
    const char *type; /* of objects and option structs */
};

#define TEXT_ROW(call, argument, null, ...) {#call, argument, null, ""},
static const struct row texts[] = {TEXTS(TEXT_ROW)};

#define MAKE_OF_TEXT(call, argument, null, ...)                                \
    if (row-- == 0)                                                            \
        return __VA_ARGS__;

static inline const llb_state *of_text(const struct world *w, size_t row,
                                       const char *const t)
{
    TEXTS(MAKE_OF_TEXT)
    return NULL;
}

#define OBJECT_ROW(call, argument, flags, type, ...)                           \
    {#call, argument, flags, #type},
static const struct row objects[] = {OBJECTS(OBJECT_ROW)};

#define MAKE_OF_OBJECT(call, argument, flags, type, ...)                       \
    if (row-- == 0) {                                                          \
        type *t = (type *)(uintptr_t)p;                                        \
        return __VA_ARGS__;                                                    \
    }

static inline const llb_state *of_object(const struct world *w, size_t row,
                                         const void *p)
{
    OBJECTS(MAKE_OF_OBJECT)
    return NULL;
}

/* The object of that type in w; NULL: there is none. */
static inline const void *pick(const struct world *w, const char *type)
{
    const struct {
        const char *type;
        const void *object;
    } list[] = {
        {"llb_state", w->s}, {"llb_actions", w->a},
        {"llb_exec", w->e},  {"llb_bound_actions", w->b},
        {"llb_graph", w->g}, {"llb_source_map", w->map},
        {"llb_def", w->def}, {"llb_mount", NULL},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].type, type) == 0)
            return list[i].object;
    fail_msg("no object of type %s", type);
    return NULL;
}

#endif

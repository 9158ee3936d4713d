/* How filesystems stand to each other: merge, diff, requires. */
#include <llb/merge.h>
#include <llb/passthrough.h>

#include "builtins_impl.h"
#include "eval.h"

/* Files of state, everything else of `like`: merge and diff go on with values
 * of whichever input is not scratch, and the language with the first. */
static llbc__fs *files_of(llbc__eval *e, const llbc__fs *like,
                          const llb_state *state, llbc__node *node,
                          bool keep_history)
{
    if (llb_state_is_scratch(like->state)) {
        state = llb_reset(state, like->state);
        state = llb_dir(state, llb_state_dir(like->state));
    }
    if (!node || !llbc__state_ok(e, state, e->frame->stmt))
        return NULL;
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    if (!fs)
        return NULL;
    *fs = *like;
    fs->state = state;
    fs->node = node;
    fs->bare = false;
    if (keep_history || !like->config->keep_history)
        return fs;
    llbc__config *config = llbc__eval_alloc(e, 1, sizeof(*config));
    if (!config)
        return NULL;
    *config = *like->config;
    config->keep_history = false;
    fs->config = config;
    return fs;
}

const llbc__fs *llbc__layered(llbc__eval *e, const llbc__fs *below,
                              const llbc__fs *above)
{
    const llb_state *states[] = {below->state, above->state};
    llbc__node *node = llbc__node_new(e, 2);
    llbc__op_places places;

    if (!node)
        return NULL;
    node->needs[0] = below->node;
    node->needs[1] = above->node;
    llb_constraints c = llbc__constraints(e, &places);
    const llb_state *s = llb_merge(e->graph, states, 2, &c);
    llbc__fs *fs = files_of(e, below, s, node, true);
    if (fs)
        fs->bare = below->bare && above->bare;
    return fs;
}

llbc__value llbc__fn_merge(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value list = llbc__value_of(a, "FS");
    const llb_state **states = llbc__eval_alloc(e, list.n, sizeof(*states));
    llbc__node *node = llbc__node_new(e, list.n);
    llbc__op_places places;

    if (!states || !node)
        return llbc__no_value();
    if (!list.n)
        return llbc__fs_value(llbc__fs_scratch(e));
    for (size_t i = 0; i < list.n; i++) {
        states[i] = list.u.list[i].u.fs->state;
        node->needs[i] = list.u.list[i].u.fs->node;
    }
    llb_constraints c = llbc__constraints(e, &places);
    const llb_state *s = llb_merge(e->graph, states, list.n, &c);
    return llbc__fs_value(files_of(e, list.u.list[0].u.fs, s, node, true));
}

llbc__value llbc__fn_diff(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__fs *lower = llbc__value_of(a, "LOWER").u.fs;
    const llbc__fs *upper = llbc__value_of(a, "UPPER").u.fs;
    llbc__node *node = llbc__node_new(e, 2);
    llbc__op_places places;

    if (!node)
        return llbc__no_value();
    node->needs[0] = lower->node;
    node->needs[1] = upper->node;
    llb_constraints c = llbc__constraints(e, &places);
    const llb_state *s = llb_diff(lower->state, upper->state, &c);
    return llbc__fs_value(files_of(e, lower, s, node, false));
}

void llbc__do_requires(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__fs *here = e->frame->block->fs;
    llbc__value list = llbc__value_of(a, "FS");

    if (a->failed || !list.n)
        return;
    if (llb_state_is_scratch(here->state)) {
        llbc__note *n =
            llbc__report(e->diags, LLBC__E_GRAPH, a->whole,
                         "an empty filesystem cannot require others");
        llbc__help(n, "put the requires behind the first step that makes "
                      "files");
        return;
    }
    const llb_state **deps = llbc__eval_alloc(e, list.n, sizeof(*deps));
    llbc__node *node = llbc__node_new(e, list.n + 1);
    llbc__fs *fs = llbc__eval_alloc(e, 1, sizeof(*fs));
    if (!deps || !node || !fs)
        return;
    node->needs[0] = here->node;
    for (size_t i = 0; i < list.n; i++) {
        deps[i] = list.u.list[i].u.fs->state;
        node->needs[i + 1] = list.u.list[i].u.fs->node;
    }
    llbc__op_places places;
    llbc__constraints(e, &places); /* counts the operation */
    *fs = *here;
    fs->state = llb_requires(here->state, "requires", deps, list.n);
    fs->node = node;
    if (llbc__state_ok(e, fs->state, a->whole))
        llbc__set_here(e, fs);
}

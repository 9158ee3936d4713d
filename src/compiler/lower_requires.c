/* `requires`: what must succeed without giving files. */
#include <llb/passthrough.h>

#include "builtins_impl.h"
#include "eval.h"

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

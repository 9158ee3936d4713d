/* Settings of a block, and what a command sees of them. They end with their
 * block and never travel. */
#include <string.h>

#include "builtins_impl.h"
#include "eval.h"

void llbc__do_hostname(llbc__eval *e, const llbc__actuals *a)
{
    if (!a->failed)
        e->frame->block->set.hostname = llbc__str_of(a, "NAME");
}

void llbc__do_cgroup_parent(llbc__eval *e, const llbc__actuals *a)
{
    if (!a->failed)
        e->frame->block->set.cgroup_parent = llbc__str_of(a, "PATH");
}

enum { MAX_IN_BLOCK = 1000 }; /* hosts, and limits */

/* Every run of the block has all of them: false, and told, when these are too
 * many. */
static bool may_add(llbc__eval *e, const llbc__actuals *a, size_t n)
{
    if (n < MAX_IN_BLOCK)
        return true;
    llbc__eval_way(e, llbc__report(e->diags, LLBC__E_TOO_LARGE, a->whole,
                                   "more than %d %ss in one block",
                                   MAX_IN_BLOCK, a->sig->name));
    llbc__eval_stop(e);
    return false;
}

void llbc__do_host(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__host *before = e->frame->block->set.hosts;
    size_t n = before ? before->n : 0;
    llbc__host *h = llbc__eval_alloc(e, 1, sizeof(*h));

    if (a->failed || !h || !may_add(e, a, n))
        return;
    *h = (llbc__host){before, llbc__str_of(a, "NAME"),
                      llbc__str_of(a, "ADDRESS"), n + 1};
    /* The first run would say it too, but at its own place. */
    if (llbc__state_ok(
            e, llb_extra_host(e->frame->block->fs->state, h->name, h->address),
            llbc__at_of(a, "ADDRESS")))
        e->frame->block->set.hosts = h;
}

void llbc__do_ulimit(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__ulimit *before = e->frame->block->set.ulimits;
    size_t n = before ? before->n : 0;
    llbc__ulimit *u = llbc__eval_alloc(e, 1, sizeof(*u));

    if (a->failed || !u || !may_add(e, a, n))
        return;
    int64_t soft = llbc__int_of(a, "SOFT", 0);
    *u = (llbc__ulimit){before, llbc__str_of(a, "NAME"), soft,
                        llbc__int_of(a, "HARD", soft), n + 1};
    e->frame->block->set.ulimits = u;
}

/* From least to most: none, sandbox, host. */
static int network_rank(int mode)
{
    return mode == LLB_NETWORK_NONE ? 0 : mode == LLB_NETWORK_SANDBOX ? 1 : 2;
}

static void widens(llbc__eval *e, llb_span at, const char *what)
{
    llbc__note *n =
        llbc__report(e->diags, LLBC__E_WIDENS, at,
                     "a function takes no more %s than its caller has", what);
    llbc__related(n, e->frame->call_at, "called as a step here");
}

bool llbc__network_mode(llbc__eval *e, const char *mode, llb_span at,
                        int *ret_mode)
{
    int max = e->frame->block->set.network_max;

    *ret_mode = strcmp(mode, "none") == 0   ? LLB_NETWORK_NONE
                : strcmp(mode, "host") == 0 ? LLB_NETWORK_HOST
                                            : LLB_NETWORK_SANDBOX;
    if (max < 0 || network_rank(*ret_mode) <= network_rank(max))
        return true;
    widens(e, at, "network");
    return false;
}

bool llbc__security_mode(llbc__eval *e, const char *mode, llb_span at,
                         int *ret_mode)
{
    int max = e->frame->block->set.security_max;

    *ret_mode = strcmp(mode, "insecure") == 0 ? LLB_SECURITY_INSECURE
                                              : LLB_SECURITY_SANDBOX;
    if (max < 0 || *ret_mode <= max)
        return true;
    widens(e, at, "privileges");
    return false;
}

void llbc__do_network(llbc__eval *e, const llbc__actuals *a)
{
    int mode;

    if (!a->failed && llbc__network_mode(e, llbc__str_of(a, "MODE"),
                                         llbc__at_of(a, "MODE"), &mode))
        e->frame->block->set.network = mode;
}

void llbc__do_security(llbc__eval *e, const llbc__actuals *a)
{
    int mode;

    if (!a->failed && llbc__security_mode(e, llbc__str_of(a, "MODE"),
                                          llbc__at_of(a, "MODE"), &mode))
        e->frame->block->set.security = mode;
}

void llbc__do_option(llbc__eval *e, const llbc__actuals *a)
{
    llbc__settings *set = &e->frame->block->set;

    if (a->failed)
        return;
    if (llbc__given(a, "name"))
        set->name = llbc__str_of(a, "name");
    if (llbc__given(a, "group"))
        set->group = llbc__str_of(a, "group");
    set->no_cache = llbc__bool_of(a, "no_cache", set->no_cache);
    if (llbc__given(a, "export_cache"))
        set->export_cache = llbc__bool_of(a, "export_cache", true)
                                ? LLB_EXPORT_CACHE_ON
                                : LLB_EXPORT_CACHE_OFF;
}

/* --- what a command sees ---------------------------------------------- */

/* Both lists are newest first in the settings, and go out as written. */
static const llb_state *with_hosts(llbc__eval *e, const llb_state *s,
                                   const llbc__host *newest)
{
    size_t n = 0;

    for (const llbc__host *h = newest; h; h = h->next)
        n++;
    const llbc__host **list = llbc__eval_alloc(e, n, sizeof(*list));
    if (!list)
        return s;
    for (size_t i = n; newest; newest = newest->next)
        list[--i] = newest;
    for (size_t i = 0; i < n; i++)
        s = llb_extra_host(s, list[i]->name, list[i]->address);
    return s;
}

static const llb_state *with_ulimits(llbc__eval *e, const llb_state *s,
                                     const llbc__ulimit *newest)
{
    size_t n = 0;

    for (const llbc__ulimit *u = newest; u; u = u->next)
        n++;
    const llbc__ulimit **list = llbc__eval_alloc(e, n, sizeof(*list));
    if (!list)
        return s;
    for (size_t i = n; newest; newest = newest->next)
        list[--i] = newest;
    for (size_t i = 0; i < n; i++)
        s = llb_ulimit(s, list[i]->name, list[i]->soft, list[i]->hard);
    return s;
}

/* The network of the command: its own, the block's, the default. */
static bool network_of(llbc__eval *e, const llbc__actuals *a, int *ret_mode)
{
    const char *own = llbc__str_of(a, "network");

    if (own)
        return llbc__network_mode(e, own, llbc__at_of(a, "network"), ret_mode);
    *ret_mode = e->frame->block->set.network;
    if (*ret_mode >= 0)
        return true;
    *ret_mode = e->opts->network_default == LLBC_NETWORK_HOST ? LLB_NETWORK_HOST
                : e->opts->network_default == LLBC_NETWORK_NONE
                    ? LLB_NETWORK_NONE
                    : LLB_NETWORK_SANDBOX;
    return true;
}

static bool security_of(llbc__eval *e, const llbc__actuals *a, int *ret_mode)
{
    const char *own = llbc__str_of(a, "security");

    if (own)
        return llbc__security_mode(e, own, llbc__at_of(a, "security"),
                                   ret_mode);
    *ret_mode = e->frame->block->set.security;
    if (*ret_mode < 0)
        *ret_mode = LLB_SECURITY_SANDBOX;
    return true;
}

static const char *either(const char *a, const char *b) { return a ? a : b; }

const llb_state *llbc__with_settings(llbc__eval *e, const llbc__actuals *a)
{
    const llbc__settings *set = &e->frame->block->set;
    const llb_state *s = e->frame->block->fs->state;
    const char *dir = llbc__str_of(a, "dir"), *user = llbc__str_of(a, "user");
    const char *hostname = either(llbc__str_of(a, "hostname"), set->hostname);
    const char *cgroup =
        either(llbc__str_of(a, "cgroup_parent"), set->cgroup_parent);
    int network, security;

    if (!network_of(e, a, &network) || !security_of(e, a, &security))
        return NULL;
    if (dir)
        s = llb_dir(s, llbc__path_join(e->arena, llb_state_dir(s), dir));
    if (user)
        s = llb_user(s, user);
    if (hostname)
        s = llb_hostname(s, hostname);
    if (cgroup)
        s = llb_cgroup_parent(s, cgroup);
    s = with_ulimits(e, with_hosts(e, s, set->hosts), set->ulimits);
    if (network != LLB_NETWORK_SANDBOX)
        s = llb_network(s, (llb_network_mode)network);
    if (security != LLB_SECURITY_SANDBOX)
        s = llb_security(s, (llb_security_mode)security);
    return s;
}

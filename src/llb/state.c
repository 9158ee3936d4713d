/* States: outputs with values, and the values that operations inherit. */
#include "state_int.h"

#include "cons.h"
#include "exec_int.h"
#include "ip.h"
#include "path.h"
#include "platform.h"

static const llb__rare no_rare;
const llb__values llb__no_values = {.dir = "/", .rare = &no_rare};

void llb__node_init(llb__call *c, llb__node *n, llb__kind kind,
                    const llb__cons *cons)
{
    n->id = c->g->n_nodes++;
    n->kind = kind;
    n->cons = cons;
}

bool llb__state_set(llb__call *c, llb_state *s, llb__node *node,
                    const llb__values *values, const llb__platform *platform)
{
    s->g = c->g;
    s->node = node;
    s->values = values;
    if (!platform || values->platform == platform)
        return true;
    llb__values *v = llb__alloc(c, sizeof *v);
    if (!v)
        return false;
    *v = *values;
    v->platform = platform;
    s->values = v;
    return true;
}

const llb__platform *llb__output_platform(const llb_state *s)
{
    const llb__node *n = s->node;

    if (!n)
        return NULL;
    switch (n->kind) {
    case LLB__SOURCE_NODE:
        return n->cons && n->cons->platform ? n->cons->platform->normal : NULL;
    case LLB__EXEC_NODE:
        return n->cons && n->cons->platform ? n->cons->platform->normal : NULL;
    case LLB__LOADED_NODE:
        return llb__loaded_platform(n);
    case LLB__FILE_NODE:
    case LLB__MERGE_NODE:
    case LLB__DIFF_NODE:
    case LLB__BUILD_NODE:
    case LLB__PASS_NODE:
        break;
    }
    return NULL;
}

const llb_state *llb__state_with(llb__call *c, const llb_state *s,
                                 const llb__values *values)
{
    llb_state *t = values ? llb__alloc(c, sizeof *t) : NULL;

    if (!t)
        return llb__failed(c);
    *t = *s;
    t->values = values;
    return t;
}

const llb_state *llb_scratch(llb_graph *g)
{
    llb__call c = llb__call_begin(g, "llb_scratch");

    if (!c.error && g->scratch)
        return g->scratch;
    llb_state *s = c.error ? NULL : llb__alloc(&c, sizeof *s);
    if (!s)
        return llb__failed(&c);
    s->g = g;
    s->values = &llb__no_values;
    g->scratch = s;
    return s;
}

const llb_error *llb_state_error(const llb_state *s)
{
    return s ? s->error : llb__null_error("llb_state_error");
}

bool llb_state_is_scratch(const llb_state *s)
{
    return s && !s->error && !s->node;
}

/* Values with the state that will have them. */
struct changed {
    llb__values values;
    llb_state state;
};

/* A copy of the values of s to change; NULL: the call has failed. */
static llb__values *change(llb__call *c, const llb_state *s)
{
    struct changed *ch = llb__alloc(c, sizeof *ch);

    if (!ch)
        return NULL;
    ch->values = *s->values;
    return &ch->values;
}

/* The output of s under the values from change(), NULL if that failed. */
static const llb_state *changed(llb__call *c, const llb_state *s,
                                llb__values *values)
{
    if (c->error || !values)
        return llb__failed(c);
    llb_state *t = &((struct changed *)values)->state;
    *t = *s;
    t->values = values;
    return t;
}

/* The same with a copy of the rare ones, which *ret_rare points to. */
static llb__values *change_rare(llb__call *c, const llb_state *s,
                                llb__rare **ret_rare)
{
    llb__values *v = change(c, s);
    llb__rare *r = llb__alloc(c, sizeof *r);

    if (!v || !r)
        return NULL;
    *r = *s->values->rare;
    v->rare = *ret_rare = r;
    return v;
}

const llb_state *llb_env(const llb_state *s, const char *key, const char *value)
{
    llb__call c = llb__call_on(s, "llb_env");
    llb__values *v;

    if (!llb__need_text(&c, "key", key) ||
        !llb__need_text(&c, "value", value) || !(v = change(&c, s)))
        return llb__failed(&c);
    v->env = llb__env_add(&c, v->env, key, strlen(key), value);
    return changed(&c, s, v->env ? v : NULL);
}

const llb_state *llb_env_unset(const llb_state *s, const char *key)
{
    llb__call c = llb__call_on(s, "llb_env_unset");
    llb__values *v;

    if (!llb__need_text(&c, "key", key))
        return llb__failed(&c);
    if (!llb__env_find(s->values->env, key, strlen(key)))
        return s;
    if (!(v = change(&c, s)))
        return llb__failed(&c);
    v->env = llb__env_add(&c, v->env, key, strlen(key), NULL);
    return changed(&c, s, v->env ? v : NULL);
}

const char *llb__dir_join(llb__call *c, const char *dir, const char *path)
{
    size_t len = strlen(path), n = 0;

    if (*path == '/')
        return llb__copy_text(c, path);
    char *out = llb__alloc_array(c, strlen(dir) + len + 4, 1);
    if (!out)
        return NULL;
    n = llb__path_clean(dir, path, len, out);
    out[n] = '\0';
    return out;
}

const llb_state *llb_dir(const llb_state *s, const char *path)
{
    llb__call c = llb__call_on(s, "llb_dir");
    llb__values *v;

    if (!llb__need_text(&c, "path", path) || !(v = change(&c, s)))
        return llb__failed(&c);
    v->dir = llb__dir_join(&c, s->values->dir, path);
    return changed(&c, s, v->dir ? v : NULL);
}

const llb_state *llb_args(const llb_state *s, const char *const *args,
                          size_t n_args)
{
    llb__call c = llb__call_on(s, "llb_args");
    llb__values *v;

    if (!llb__need_texts(&c, "args", args, n_args) || !(v = change(&c, s)))
        return llb__failed(&c);
    v->args = llb__args_new(&c, args, n_args);
    return changed(&c, s, v->args ? v : NULL);
}

const llb_state *llb_user(const llb_state *s, const char *user)
{
    llb__call c = llb__call_on(s, "llb_user");
    llb__values *v;

    if (!llb__need_text(&c, "user", user) || !(v = change(&c, s)))
        return llb__failed(&c);
    v->user = llb__copy_text(&c, user);
    return changed(&c, s, v->user ? v : NULL);
}

const llb_state *llb_hostname(const llb_state *s, const char *hostname)
{
    llb__call c = llb__call_on(s, "llb_hostname");
    llb__rare *r;
    llb__values *v;

    if (!llb__need_text(&c, "hostname", hostname) ||
        !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    r->hostname = llb__copy_text(&c, hostname);
    return changed(&c, s, r->hostname ? v : NULL);
}

const llb_state *llb_cgroup_parent(const llb_state *s, const char *path)
{
    llb__call c = llb__call_on(s, "llb_cgroup_parent");
    llb__rare *r;
    llb__values *v;

    if (!llb__need_text(&c, "path", path) || !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    r->cgroup_parent = llb__copy_text(&c, path);
    return changed(&c, s, r->cgroup_parent ? v : NULL);
}

/* A longer list, with what the call has written; NULL: the call has failed. */
static const llb__cells *append(llb__call *c, const llb__cells *list)
{
    llb__cells *cell = llb__alloc(c, sizeof *cell);

    if (!cell)
        return NULL;
    cell->prev = list;
    cell->data = llb__take_enc(c, &cell->len);
    return cell->data ? cell : NULL;
}

const llb_state *llb_extra_host(const llb_state *s, const char *host,
                                const char *ip)
{
    llb__call c = llb__call_on(s, "llb_extra_host");
    char text[LLB__IP_TEXT];
    llb__rare *r;
    llb__values *v;

    if (!llb__need_text(&c, "host", host) || !llb__need_text(&c, "ip", ip))
        return llb__failed(&c);
    if (!llb__ip_normalize(ip, text))
        llb__call_fail(&c, LLB_EINVAL,
                       "\"%.60s\" is neither an IPv4 nor an IPv6 address", ip);
    if (c.error || !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    llb__enc *e = &c.g->enc;
    llb__enc_str(e, 2, text);
    llb__enc_str(e, 1, host);
    llb__enc_wrap(e, 6, 0);
    r->hosts = append(&c, r->hosts);
    return changed(&c, s, r->hosts ? v : NULL);
}

const llb_state *llb_ulimit(const llb_state *s, const char *name, int64_t soft,
                            int64_t hard)
{
    llb__call c = llb__call_on(s, "llb_ulimit");
    llb__rare *r;
    llb__values *v;

    if (!llb__need_text(&c, "name", name) || !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    llb__enc *e = &c.g->enc;
    llb__enc_i64(e, 3, hard);
    llb__enc_i64(e, 2, soft);
    llb__enc_str(e, 1, name);
    llb__enc_wrap(e, 9, 0);
    r->ulimits = append(&c, r->ulimits);
    return changed(&c, s, r->ulimits ? v : NULL);
}

const llb_state *llb_network(const llb_state *s, llb_network_mode mode)
{
    llb__call c = llb__call_on(s, "llb_network");
    llb__rare *r;
    llb__values *v;

    if (!llb__need_enum(&c, "mode", (int)mode, LLB_NETWORK_NONE + 1) ||
        !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    r->network = mode;
    return changed(&c, s, v);
}

const llb_state *llb_security(const llb_state *s, llb_security_mode mode)
{
    llb__call c = llb__call_on(s, "llb_security");
    llb__rare *r;
    llb__values *v;

    if (!llb__need_enum(&c, "mode", (int)mode, LLB_SECURITY_INSECURE + 1) ||
        !(v = change_rare(&c, s, &r)))
        return llb__failed(&c);
    r->security = mode;
    return changed(&c, s, v);
}

const llb_state *llb_state_with_platform(const llb_state *s,
                                         const llb_platform *platform)
{
    llb__call c = llb__call_on(s, "llb_state_with_platform");
    llb__values *v;

    if (c.error)
        return llb__failed(&c);
    const llb__platform *p = llb__platform_new(&c, "platform", platform);
    if (!p || !(v = change(&c, s)))
        return llb__failed(&c);
    v->platform = p->normal;
    return changed(&c, s, v);
}

const llb_state *llb_reset(const llb_state *s, const llb_state *values)
{
    llb__call c = llb__call_on(s, "llb_reset");
    llb__values *v;

    if (!llb__need_state(&c, "values", values) || !(v = change(&c, values)))
        return llb__failed(&c);
    /* Of Go's fresh state one value survives: the newest, which is the
     * platform if the output has one, and the dir "/" if not. */
    const llb__platform *p = llb__output_platform(s);
    if (p)
        v->platform = p;
    else
        v->dir = "/";
    return changed(&c, s, v);
}

const char *llb_state_dir(const llb_state *s)
{
    return s && !s->error ? s->values->dir : "";
}

const char *llb_state_user(const llb_state *s)
{
    return s && !s->error ? s->values->user : NULL;
}

const char *llb_state_hostname(const llb_state *s)
{
    return s && !s->error ? s->values->rare->hostname : NULL;
}

const llb_platform *llb_state_platform(const llb_state *s)
{
    return s && !s->error && s->values->platform ? &s->values->platform->p
                                                 : NULL;
}

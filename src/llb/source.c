/* Source ops: identifier, sorted attributes, and sources of any kind. */
#include "source_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <llb/source.h>

#include "bounds.h"

char *llb__text_printf(llb__call *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *s = n < 0 ? NULL : llb__alloc_array(c, (size_t)n + 1, 1);
    if (!s) {
        llb__call_nomem(c);
        return NULL;
    }
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

void llb__source_attr(llb__source *s, const char *key, const char *value)
{
    if (llb__need_text(s->c, key, value))
        s->attrs[s->n_attrs++] = (llb__attr){key, value};
}

void llb__source_attr_int(llb__source *s, const char *key, int64_t value)
{
    char *text = llb__text_printf(s->c, "%lld", (long long)value);

    if (text)
        llb__source_attr(s, key, text);
}

bool llb__source_attr_opt(llb__source *s, const char *key, const char *value)
{
    if (value && *value)
        llb__source_attr(s, key, value);
    return value && *value;
}

llb__caps llb__source_file_attrs(llb__source *s, const char *filename,
                                 uint32_t chmod, int32_t uid, int32_t gid)
{
    llb__caps caps = 0;

    llb__source_attr_opt(s, "http.filename", filename);
    if (chmod & 0777) {
        char *text = llb__text_printf(s->c, "0%o", (unsigned)(chmod & 0777));
        if (text)
            llb__source_attr(s, "http.perm", text);
        caps |= LLB__CAP(HTTP_PERM);
    }
    if (uid)
        llb__source_attr_int(s, "http.uid", uid);
    if (gid)
        llb__source_attr_int(s, "http.gid", gid);
    if (uid || gid)
        caps |= LLB__CAP(HTTP_UIDGID);
    return caps;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const llb__attr *)a)->key, ((const llb__attr *)b)->key);
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool has_key(const llb__attr *attrs, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attrs[i].key, key) == 0)
            return true;
    return false;
}

/* Writes the sorted attributes; *ret_tail is the length of those that follow
 * the place of local.unique. */
static bool encode(llb__call *c, llb__source_node *n, const char *identifier,
                   const llb__attr *attrs, size_t n_attrs)
{
    llb__enc *e = &c->g->enc;
    size_t i = n_attrs, len;

    for (; i > 0 && strcmp(attrs[i - 1].key, "local.unique") > 0; i--)
        llb__enc_pair(e, 2, attrs[i - 1].key, attrs[i - 1].value);
    size_t tail = llb__enc_len(e);
    if (n->is_local && i > 0 && strcmp(attrs[i - 1].key, "local.unique") == 0)
        n->unique = llb__copy_text(c, attrs[--i].value);
    for (; i > 0; i--)
        llb__enc_pair(e, 2, attrs[i - 1].key, attrs[i - 1].value);
    llb__enc_str(e, 1, identifier);
    n->body = llb__take_enc(c, &len);
    if (c->error)
        return false;
    if (len > LLB__MAX_DEFINITION) {
        llb__call_fail(c, LLB_ELIMIT, "a source of %zu bytes", len);
        return false;
    }
    n->tail_len = (uint32_t)tail;
    n->head_len = (uint32_t)(len - tail);
    return true;
}

/* The state of a source with attributes in any order, no key twice. */
static const llb_state *make(llb__call *c, const char *identifier,
                             llb__caps caps, const llb__cons *cons,
                             llb__attr *attrs, size_t n_attrs)
{
    llb__source_node *n = llb__alloc(c, sizeof *n);

    if (!n)
        return llb__failed(c);
    if (n_attrs > 1)
        qsort(attrs, n_attrs, sizeof *attrs, by_key);
    n->has_platform = starts_with(identifier, "docker-image://") ||
                      starts_with(identifier, "oci-layout://");
    n->is_local = starts_with(identifier, "local://") &&
                  !has_key(attrs, n_attrs, "local.session");
    if (!encode(c, n, identifier, attrs, n_attrs))
        return llb__failed(c);
    llb__node_init(c, &n->node, LLB__SOURCE_NODE, cons);
    n->node.caps = caps;
    if (!llb__state_set(c, &n->state, &n->node, &llb__no_values,
                        cons && cons->platform ? cons->platform->normal : NULL))
        return llb__failed(c);
    return &n->state;
}

const llb_state *llb__source_state(llb__source *s)
{
    if (s->c->error)
        return llb__failed(s->c);
    return make(s->c, s->identifier, s->caps, s->cons, s->attrs, s->n_attrs);
}

struct given {
    llb__attr attr;
    size_t order;
};

static int by_key_and_order(const void *a, const void *b)
{
    const struct given *x = a, *y = b;
    int c = strcmp(x->attr.key, y->attr.key);

    return c ? c : (x->order > y->order) - (x->order < y->order);
}

/* The attributes given, of equal keys the last. NULL: the call has failed. */
static llb__attr *unique_attrs(llb__call *c, const llb_source_opts *o,
                               size_t *ret_n)
{
    struct given *list = llb__alloc_array(c, o->n_attrs + 1, sizeof *list);
    llb__attr *attrs = llb__alloc_array(c, o->n_attrs + 1, sizeof *attrs);
    size_t n = 0;

    if (!list || !attrs)
        return NULL;
    for (size_t i = 0; i < o->n_attrs; i++) {
        if (!llb__need_text(c, "an attribute key", o->attrs[i].key) ||
            !llb__need_text(c, "an attribute", o->attrs[i].value))
            return NULL;
        list[i] = (struct given){{o->attrs[i].key, o->attrs[i].value}, i};
    }
    if (o->n_attrs > 1)
        qsort(list, o->n_attrs, sizeof *list, by_key_and_order);
    for (size_t i = 0; i < o->n_attrs; i++) {
        if (n && strcmp(attrs[n - 1].key, list[i].attr.key) == 0)
            n--;
        attrs[n++] = list[i].attr;
    }
    *ret_n = n;
    return attrs;
}

const llb_state *llb_source(llb_graph *g, const char *identifier,
                            const llb_source_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_source");
    llb_source_opts o = LLB_SOURCE_OPTS_INIT;
    const llb__cons *cons;
    size_t n = 0;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_source_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__need_text(&c, "identifier", identifier) ||
        !llb__need_list(&c, "attrs", o.attrs, o.n_attrs))
        return llb__failed(&c);
    if (!strstr(identifier, "://"))
        llb__call_fail(&c, LLB_EINVAL,
                       "the identifier \"%.100s\" has no scheme, such as "
                       "docker-image://",
                       identifier);
    if (!llb__cons_new(&c, o.constraints, LLB__CONS_OP, &cons))
        return llb__failed(&c);
    llb__attr *attrs = unique_attrs(&c, &o, &n);
    return attrs ? make(&c, identifier, 0, cons, attrs, n) : llb__failed(&c);
}

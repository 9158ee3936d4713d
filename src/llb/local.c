/* Sources that are folders of the client. */
#include <llb/local.h>

#include "buf.h"
#include "source_int.h"

/* Escapes one character of a JSON text as Go's encoder does: with the signs of
 * HTML and the line separators, without "/" and DEL. */
static void add_json_char(llb__buf *b, const char **p)
{
    const unsigned char *s = (const unsigned char *)*p;
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = strchr(named, *s);

    if (at) {
        llb__buf_addc(b, '\\');
        llb__buf_addc(b, letters[at - named]);
    } else if (*s < 0x20 || *s == '<' || *s == '>' || *s == '&') {
        llb__buf_printf(b, "\\u%04x", (unsigned)*s);
    } else if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9)) {
        llb__buf_printf(b, "\\u202%x", s[2] & 15u);
        *p += 2;
    } else {
        llb__buf_addc(b, (char)*s);
    }
    ++*p;
}

/* A JSON array without blanks, in the graph. */
static const char *json_array(llb__call *c, const char *const *list, size_t n)
{
    llb__buf b = LLB__BUF_INIT;
    const char *text = NULL;

    llb__buf_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        llb__buf_adds(&b, i ? ",\"" : "\"");
        for (const char *p = list[i]; *p;)
            add_json_char(&b, &p);
        llb__buf_addc(&b, '"');
    }
    llb__buf_addc(&b, ']');
    if (b.failed)
        llb__call_nomem(c);
    else
        text = llb__copy_text(c, b.data);
    llb__buf_clear(&b);
    return text;
}

/* Adds a list as an attribute, unless it is empty. */
static void list_attr(llb__source *s, const char *key, const char *const *list,
                      size_t n, llb__caps cap)
{
    if (!n || !llb__need_texts(s->c, key, list, n))
        return;
    const char *text = json_array(s->c, list, n);
    if (text)
        llb__source_attr(s, key, text);
    s->caps |= cap;
}

static void add_attrs(llb__source *s, const llb_local_opts *o)
{
    static const char *const differs[] = {NULL, "none", "metadata"};

    if (llb__source_attr_opt(s, "local.session", o->session_id))
        s->caps |= LLB__CAP(LOCAL_SESSION);
    list_attr(s, "local.includepattern", o->include, o->n_include,
              LLB__CAP(LOCAL_INCLUDE));
    list_attr(s, "local.followpaths", o->follow, o->n_follow,
              LLB__CAP(LOCAL_FOLLOW));
    list_attr(s, "local.excludepatterns", o->exclude, o->n_exclude,
              LLB__CAP(LOCAL_EXCLUDE));
    if (llb__source_attr_opt(s, "local.sharedkeyhint", o->shared_key_hint))
        s->caps |= LLB__CAP(LOCAL_KEYHINT);
    if (o->differ != LLB_DIFFER_UNSET) {
        llb__source_attr(s, "local.differ", differs[o->differ]);
        if (o->differ_required)
            s->caps |= LLB__CAP(LOCAL_DIFFER);
    }
    if (o->metadata_only) {
        llb__source_attr(s, "local.metadatatransfer", "true");
        list_attr(s, "local.metadatatransferexclude", o->metadata_exceptions,
                  o->n_metadata_exceptions, 0);
        s->caps |= LLB__CAP(LOCAL_METADATA);
    }
}

const llb_state *llb_local(llb_graph *g, const char *name,
                           const llb_local_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_local");
    llb__source s = {.c = &c, .caps = LLB__CAP(LOCAL)};
    llb_local_opts o = LLB_LOCAL_OPTS_INIT;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_local_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__need_text(&c, "name", name) ||
        !llb__need_enum(&c, "differ", (int)o.differ, LLB_DIFFER_METADATA + 1) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &s.cons))
        return llb__failed(&c);
    s.identifier = llb__text_printf(&c, "local://%s", name);
    add_attrs(&s, &o);
    return llb__source_state(&s);
}

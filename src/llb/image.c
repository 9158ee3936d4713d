/* Sources that are images, and blobs of image repositories. */
#include <llb/image.h>
#include <llb/oci.h>

#include "buf.h"
#include "config.h"
#include "error.h"
#include "ref.h"
#include "source_int.h"

/* Copies what b holds into the graph and clears it. */
static char *take_text(llb__call *c, llb__buf *b)
{
    char *text = NULL;

    if (b->failed)
        llb__call_nomem(c);
    else
        text = llb__copy_text(c, b->data ? b->data : "");
    llb__buf_clear(b);
    return text;
}

/* "docker-image://" and the reference in full, with digest (may be NULL) if it
 * has none. */
static const char *image_identifier(llb__call *c, const char *ref,
                                    const char *digest)
{
    llb__buf b = LLB__BUF_INIT;
    llb__ref r;
    const char *wrong = llb__ref_parse(ref, &r);

    if (wrong) {
        llb__call_fail(c, LLB_EINVAL, "the reference \"%.200s\" %s", ref,
                       wrong);
    } else {
        bool add = digest && *digest && !r.digest;
        if (add && !llb__is_digest(digest, strlen(digest)))
            llb__call_fail(c, LLB_EINVAL,
                           "resolved_digest \"%.100s\" is no digest: "
                           "sha256:...",
                           digest);
        llb__buf_adds(&b, "docker-image://");
        llb__ref_write(&r, &b);
        if (add)
            llb__buf_printf(&b, "@%s", digest);
    }
    llb__ref_clear(&r);
    return take_text(c, &b);
}

static void add_attrs(llb__source *s, const llb_image_opts *o)
{
    static const char *const modes[] = {NULL, "pull", "local"};

    if (o->resolve_mode != LLB_RESOLVE_DEFAULT)
        llb__source_attr(s, "image.resolvemode", modes[o->resolve_mode]);
    /* Only "pull" is a promise, so only "pull" needs a daemon that knows it. */
    if (o->resolve_mode == LLB_RESOLVE_PULL)
        s->caps |= LLB__CAP(IMAGE_RESOLVEMODE);
    if (o->internal)
        llb__source_attr(s, "image.recordtype", "internal");
    if (o->layer_limit) {
        llb__source_attr_int(s, "image.layerlimit", *o->layer_limit);
        s->caps |= LLB__CAP(IMAGE_LAYERLIMIT);
    }
    if (llb__source_attr_opt(s, "image.checksum", o->checksum))
        s->caps |= LLB__CAP(IMAGE_CHECKSUM);
}

const llb_state *llb_image(llb_graph *g, const char *ref,
                           const llb_image_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_image");
    llb__source s = {.c = &c, .caps = LLB__CAP(IMAGE)};
    llb_image_opts o = LLB_IMAGE_OPTS_INIT;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_image_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__need_text(&c, "ref", ref) ||
        !llb__opt_text(&c, "resolved_digest", o.resolved_digest) ||
        !llb__need_enum(&c, "resolve_mode", (int)o.resolve_mode,
                        LLB_RESOLVE_LOCAL + 1) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &s.cons))
        return llb__failed(&c);
    s.identifier = image_identifier(&c, ref, o.resolved_digest);
    if (s.identifier)
        add_attrs(&s, &o);
    const llb_state *state = llb__source_state(&s);
    if (state->error || (!o.config && !o.config_len))
        return state;
    const llb__values *v =
        llb__config_apply(&c, state->values, o.config, o.config_len);
    return llb__state_with(&c, state, v);
}

/* A blob: the reference has a digest and no tag. */
static const llb_state *blob(llb__call *c, const char *scheme, const char *ref,
                             const llb_blob_opts *opts, bool oci)
{
    llb__source s = {.c = c, .caps = LLB__CAP(IMAGEBLOB)};
    llb_blob_opts o = LLB_BLOB_OPTS_INIT;
    llb__buf b = LLB__BUF_INIT;
    llb__ref r;

    if (!llb__opts(c, &o, sizeof o, opts,
                   LLB__FIRST(llb_blob_opts, constraints)))
        return llb__failed(c);
    c->constraints = o.constraints;
    if (!llb__need_text(c, "ref", ref) ||
        !llb__cons_new(c, o.constraints, LLB__CONS_OP, &s.cons))
        return llb__failed(c);
    const char *wrong = llb__ref_parse(ref, &r);
    if (!wrong && r.tag)
        wrong = "has a tag, which a blob does not";
    if (!wrong && !r.digest)
        wrong = "has no digest: which blob is it?";
    if (wrong)
        llb__call_fail(c, LLB_EINVAL, "the reference \"%.200s\" %s", ref,
                       wrong);
    llb__buf_adds(&b, scheme);
    llb__ref_write(&r, &b);
    llb__ref_clear(&r);
    s.identifier = take_text(c, &b);
    llb__source_file_attrs(&s, o.filename, o.chmod, o.uid, o.gid);
    if (oci) {
        llb__source_attr_opt(&s, "oci.session", o.session_id);
        llb__source_attr_opt(&s, "oci.store", o.store_id);
    }
    return llb__source_state(&s);
}

const llb_state *llb_image_blob(llb_graph *g, const char *ref,
                                const llb_blob_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_image_blob");

    return blob(&c, "docker-image+blob://", ref, opts, false);
}

const llb_state *llb_oci_layout_blob(llb_graph *g, const char *ref,
                                     const llb_blob_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_oci_layout_blob");

    return blob(&c, "oci-layout+blob://", ref, opts, true);
}

const llb_state *llb_oci_layout(llb_graph *g, const char *ref,
                                const llb_oci_layout_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_oci_layout");
    llb__source s = {.c = &c, .caps = LLB__CAP(OCILAYOUT)};
    llb_oci_layout_opts o = LLB_OCI_LAYOUT_OPTS_INIT;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_oci_layout_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__need_text(&c, "ref", ref) ||
        !llb__opt_text(&c, "checksum", o.checksum) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &s.cons))
        return llb__failed(&c);
    s.identifier = llb__text_printf(&c, "oci-layout://%s", ref);
    llb__source_attr_opt(&s, "oci.session", o.session_id);
    llb__source_attr_opt(&s, "oci.store", o.store_id);
    if (o.layer_limit)
        llb__source_attr_int(&s, "oci.layerlimit", *o.layer_limit);
    return llb__source_state(&s);
}

llb_status llb_image_ref_normalize(const char *ref, char **ret_ref,
                                   llb_error *err)
{
    llb__buf b = LLB__BUF_INIT;
    llb__ref r;

    if (!ref || !ret_ref)
        return llb__fail_null(err, "llb_image_ref_normalize",
                              ref ? "ret_ref" : "ref");
    const char *wrong = llb__ref_parse(ref, &r);
    if (!wrong)
        llb__ref_write(&r, &b);
    llb__ref_clear(&r);
    if (wrong)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the reference \"%.200s\" %s", ref, wrong);
    char *text = llb__buf_take(&b, NULL);
    if (!text)
        return llb__fail_nomem(err);
    *ret_ref = text;
    return LLB_OK;
}

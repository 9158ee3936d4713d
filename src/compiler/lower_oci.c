/* Images and blobs by their digest: from OCI layouts of the project, and from
 * registries. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <llb/oci.h>

#include "builtins_impl.h"
#include "eval.h"
#include "oci_index.h"
#include "sha256.h"

/* --- layouts -------------------------------------------------------- */

/* The name under which the session offers the folder: its path from the root,
 * or a sum of it where the path has what a header cannot hold. */
static const char *store_name(llbc__eval *e, const char *path)
{
    uint8_t sum[LLB__SHA256_LEN];
    char digest[LLB__DIGEST_LEN];
    const char *s = path;

    while (isalnum((unsigned char)*s) || (*s && strchr("._-/", *s)))
        s++;
    if (!*s)
        return path;
    llb__sha256 *h = llb__sha256_new();
    bool good = h && llb__sha256_sum(h, path, strlen(path), sum);
    llb__sha256_free(h);
    if (!good) {
        llbc__eval_nomem(e);
        return NULL;
    }
    llb__digest_text(sum, digest);
    return llbc__eval_printf(e, "layout-%.16s", digest + 7);
}

/* A name for progress and provenance: the folder's, where it can be one. The
 * daemon reads what is in front of a slash as a host, and wants one. */
static const char *image_name(const char *path)
{
    const char *last = strrchr(path, '/');
    const char *name = last ? last + 1 : path, *s = name;

    while (islower((unsigned char)*s) || isdigit((unsigned char)*s))
        s++;
    return *s || s == name ? "layout" : name;
}

static bool add_store(llbc__eval *e, const char *id, const char *path,
                      llb_span at)
{
    llbc__found *f = &e->found;

    llbc__eval_charge(e, f->n_stores);
    for (size_t i = 0; i < f->n_stores; i++) {
        if (strcmp(f->stores[i].name, id) == 0)
            return true;
    }
    llbc_local *slot = LLBC__PUSH(e, f->stores, f->n_stores, f->cap_stores);
    if (slot)
        *slot = (llbc_local){id, path, at};
    return slot != NULL;
}

/* The operation for an image that was found. */
static llbc__value layout_fs(llbc__eval *e, const llbc__actuals *a,
                             const char *path, const char *id,
                             const llbc__oci_found *found,
                             const llbc__platform *platform)
{
    llb_oci_layout_opts o = LLB_OCI_LAYOUT_OPTS_INIT;
    llbc__op_places places;
    llb_constraints c = llbc__constraints(e, &places);
    llb_platform p = llbc__platform_llb(platform);
    int64_t limit = llbc__bounded_of(e, a, "layer_limit", 1, INT32_MAX, 0);
    const llbc__config *config;
    const char *user = NULL;

    config = llbc__image_config(e, found->config, found->config_len,
                                llbc__at_of(a, "PATH"), &user);
    const char *ref =
        llbc__eval_printf(e, "layout/%s@%s", image_name(path), found->digest);
    if (!config || !ref)
        return llbc__no_value();
    c.platform = &p;
    o.constraints = &c;
    o.store_id = id;
    o.layer_limit = limit ? &limit : NULL;
    const llb_state *s = llb_oci_layout(e->graph, ref, &o);
    s = llb_image_config(s, found->config, found->config_len);
    if (user)
        s = llb_user(s, user);
    return llbc__source_fs(e, s, config, platform);
}

llbc__value llbc__fn_oci_layout(llbc__eval *e, const llbc__actuals *a)
{
    llbc__value asked = llbc__value_of(a, "platform");
    const char *path = NULL;
    llbc__oci_wanted w = {
        .folder = llbc__folder_path(e, llbc__str_of(a, "PATH"),
                                    llbc__at_of(a, "PATH"), &path),
        .tag = llbc__str_of(a, "tag"),
        .digest = llbc__str_of(a, "digest"),
        .platform = asked.kind == LLBC__PLATFORM ? asked.u.platform
                                                 : e->frame->platform};
    llbc__oci_found found = {.config = NULL};
    llb_error err = {LLB_OK, {0, 0, 0}, ""};
    llbc__value v = llbc__no_value();

    if (!w.folder)
        return v;
    const char *id = store_name(e, path);
    if (!id || !add_store(e, id, w.folder, llbc__at_of(a, "PATH")))
        return v;
    llb_status st = llbc__oci_find(&w, &found, &err);
    if (st == LLB_ENOMEM)
        llbc__eval_nomem(e);
    else if (st != LLB_OK)
        llbc__report(e->diags, LLBC__E_LOCAL, llbc__at_of(a, "PATH"),
                     "the image layout \"%s\": %s", path, err.message);
    else
        v = layout_fs(e, a, path, id, &found, w.platform);
    free(found.config);
    return v;
}

/* --- blobs ---------------------------------------------------------- */

llbc__value llbc__fn_blob(llbc__eval *e, const llbc__actuals *a)
{
    llb_blob_opts o = LLB_BLOB_OPTS_INIT;
    llbc__op_places places;

    o.filename = llbc__str_of(a, "filename");
    o.chmod = (uint32_t)llbc__bounded_of(e, a, "chmod", 0, 0777, 0);
    o.uid = (int32_t)llbc__bounded_of(e, a, "uid", 0, INT32_MAX, 0);
    o.gid = (int32_t)llbc__bounded_of(e, a, "gid", 0, INT32_MAX, 0);
    llb_constraints c = llbc__constraints(e, &places);
    o.constraints = &c;
    const llb_state *s = llb_image_blob(e->graph, llbc__str_of(a, "REF"), &o);
    if (!llbc__state_ok(e, s, llbc__at_of(a, "REF")))
        return llbc__no_value();
    return llbc__source_fs(e, s, &llbc__no_config, NULL);
}

/* Bundles: a frontend's result that outlives its build. */
#include <stdlib.h>
#include <string.h>

#include <llb/gateway.h>

#include "bounds.h"
#include "error.h"
#include "refs.h"
#include "request.h"
#include "wire.h"

/* Tags of the members ref and refs of a Result, both messages. A definition
 * begins with its field 1, 2 or 3 as a message, which a Result has not, but
 * for 3: there the definition has ops before it. */
enum { TAG_REF = 3 << 3 | 2, TAG_REFS = 4 << 3 | 2 };

bool bk_refs_is_bundle(const void *data, size_t len)
{
    const unsigned char *p = data;

    return len > 0 && (p[0] == TAG_REF || p[0] == TAG_REFS);
}

llb_status bk_refs_parse(const void *data, size_t len, bk_refs **ret_refs,
                         llb_error *err)
{
    llb__bytes bytes = {data, len};
    ProtobufCMessage *m;

    if (!bk_refs_is_bundle(data, len))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "no bundle, which begins with its file systems");
    const char *wrong = bk__wire_check(&bk__gw__result__descriptor, bytes);
    if (wrong)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "no bundle: %s", wrong);
    llb_status st =
        bk__unpack(&bk__gw__result__descriptor, bytes, "bundle", &m, err);
    return st == LLB_OK ? bk__refs_read(m, (const Bk__Gw__Result *)m, true,
                                        ret_refs, err)
                        : st;
}

static int by_key(const void *a, const void *b)
{
    const bk__map_entry *const *x = a, *const *y = b;

    return strcmp(bk__text((*x)->key), bk__text((*y)->key));
}

/* Entries of a map with text as keys, whatever its values: only the first
 * members count, which all have. */
static void sort_map(void *list, size_t n)
{
    if (n > 1)
        qsort(list, n, sizeof(void *), by_key);
}

/* Go writes maps in any order; the same definition shall have the same bytes.
 * Those within ops are sorted already, or digests would mean nothing. */
static void sort_maps(Bk__Pb__Definition *def)
{
    for (size_t i = 0; i < def->n_metadata; i++) {
        Bk__Pb__OpMetadata *m = def->metadata[i]->value;
        if (!m)
            continue;
        sort_map(m->description, m->n_description);
        sort_map(m->caps, m->n_caps);
    }
    sort_map(def->metadata, def->n_metadata);
    if (def->source)
        sort_map(def->source->locations, def->source->n_locations);
}

/* The message of a definition without anybody's session and with its maps
 * sorted; the caller frees *ret. NULL: it is empty. */
static llb_status clean(llb_def *def, ProtobufCMessage **ret, llb_error *err)
{
    llb_def *without;
    size_t len;
    llb_status st = llb_def_patch_locals(def, NULL, &without, err);

    *ret = NULL;
    if (st != LLB_OK)
        return st;
    const uint8_t *data = llb_def_bytes(without, &len);
    if (len > 0)
        st = bk__unpack(&bk__pb__definition__descriptor,
                        (llb__bytes){data, len}, "definition", ret, err);
    llb_def_free(without);
    if (st == LLB_OK && *ret)
        sort_maps((Bk__Pb__Definition *)*ret);
    return st;
}

/* A source file may say, by a definition, where it was read from: by the
 * session of the frontend's build. */
static llb_status clean_info(Bk__Pb__SourceInfo *info, llb_error *err)
{
    ProtobufCMessage *m;
    llb_def *def;
    llb_status st = bk__refs_def(info->definition, &def, err);

    if (st != LLB_OK)
        return st;
    st = clean(def, &m, err);
    llb_def_free(def);
    if (st != LLB_OK)
        return st;
    bk__free(&info->definition->base);
    info->definition = (Bk__Pb__Definition *)m;
    return LLB_OK;
}

/* Puts the definition of a ref into its message; *ret_def is what has to be
 * freed. */
static llb_status put_def(Bk__Gw__Ref *m, const bk_ref *ref,
                          ProtobufCMessage **ret_def, llb_error *err)
{
    if (!ref->def)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon did not say what the result%s%s is made "
                         "of",
                         *ref->platform ? " for " : "", ref->platform);
    llb_status st = clean(ref->def, ret_def, err);
    m->def = (Bk__Pb__Definition *)*ret_def;
    size_t n = m->def && m->def->source ? m->def->source->n_infos : 0;
    for (size_t i = 0; i < n && st == LLB_OK; i++)
        if (m->def->source->infos[i]->definition)
            st = clean_info(m->def->source->infos[i], err);
    return st;
}

static llb_status marshal(llb__arena *a, const bk_refs *refs,
                          ProtobufCMessage **defs, char **ret_data,
                          size_t *ret_len, llb_error *err)
{
    Bk__Gw__Result *m = bk__refs_message(a, refs, false);
    llb_status st = m ? LLB_OK : llb__fail_nomem(err);
    uint8_t *data;

    for (size_t i = 0; i < refs->n && st == LLB_OK; i++)
        st = put_def(refs->keyed ? m->refs->refs[i]->value : m->ref,
                     &refs->list[i], &defs[i], err);
    if (st == LLB_OK)
        st = bk__pack(&m->base, &data, ret_len, err);
    if (st == LLB_OK)
        *ret_data = (char *)data;
    return st;
}

llb_status bk_refs_marshal(const bk_refs *refs, char **ret_data,
                           size_t *ret_len, llb_error *err)
{
    if (bk__refs_attested(refs))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the result has attestations, which belong to one "
                         "build: ask for none when a bundle is made");
    llb__arena *a = llb__arena_new(LLB__MAX_MESSAGE);
    ProtobufCMessage **defs =
        a ? llb__arena_array(a, refs->n, sizeof(*defs)) : NULL;
    llb_status st = defs ? marshal(a, refs, defs, ret_data, ret_len, err)
                         : llb__fail_nomem(err);
    for (size_t i = 0; defs && i < refs->n; i++)
        bk__free(defs[i]);
    llb__arena_free(a);
    return st;
}

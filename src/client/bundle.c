/* Bundles: a frontend's result that outlives its build. */
#include <stdlib.h>
#include <string.h>

#include <llb/gateway.h>

#include "bounds.h"
#include "error.h"
#include "refs.h"
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

/* Puts the definition of a ref, without anybody's session, into its message;
 * *ret_def is what has to be freed. */
static llb_status put_def(Bk__Gw__Ref *m, const bk_ref *ref,
                          ProtobufCMessage **ret_def, llb_error *err)
{
    llb_def *clean;
    size_t len;

    if (!ref->def)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon did not say what the result%s%s is made "
                         "of",
                         *ref->platform ? " for " : "", ref->platform);
    llb_status st = llb_def_patch_locals(ref->def, NULL, &clean, err);
    if (st != LLB_OK)
        return st;
    const uint8_t *data = llb_def_bytes(clean, &len);
    st = bk__unpack(&bk__pb__definition__descriptor, (llb__bytes){data, len},
                    "definition", ret_def, err);
    llb_def_free(clean);
    if (st == LLB_OK && len > 0)
        m->def = (Bk__Pb__Definition *)*ret_def;
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

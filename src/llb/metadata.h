/* Metadata on its way from what calls say to bytes. */
#ifndef LLB__LLB_METADATA_H
#define LLB__LLB_METADATA_H

#include "marshal_int.h"

/* An entry of a description or of odd caps. */
typedef struct llb__desc_pair {
    llb__bytes key, value;
    size_t order; /* later wins */
} llb__desc_pair;

/* Metadata before it is written; bodies with data NULL are absent. */
typedef struct llb__meta {
    bool ignore_cache;
    llb_export_cache export_cache;
    llb__caps caps;
    llb__bytes desc;             /* encoded entries */
    llb__bytes group, resources; /* encoded fields */
} llb__meta;

/* The order of bytes, shorter first. */
int llb__bytes_cmp(llb__bytes a, llb__bytes b);

/* What one call says, with what the marshal says about all ops. */
llb__meta llb__meta_of(const llb__marshal *m, const llb__said *s);

/* shared.c: notes what an op says while the marshal has a description; the
 * result is llb__said.n_shared, 0 when m has failed. */
uint32_t llb__shared_note(llb__marshal *m, const llb__cons *cons);

/* Sorts what was noted; nothing can be noted from then on. */
bool llb__shared_sort(llb__marshal *m);

/* Number of keys, and what the first n_shared pairs say about one of them;
 * NULL: nothing. Keys are in order. */
size_t llb__shared_n_keys(const llb__marshal *m);
const llb__desc_pair *llb__shared_at(const llb__marshal *m, size_t key,
                                     uint32_t n_shared);

/* Writes an entry of OpMetadata.description. */
void llb__desc_pair_encode(llb__enc *e, const llb__desc_pair *p);

#endif

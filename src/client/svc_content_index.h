/* index.json of an OCI image layout: the names of the manifests in it. */
#ifndef LLB__CLIENT_SVC_CONTENT_INDEX_H
#define LLB__CLIENT_SVC_CONTENT_INDEX_H

#include <stddef.h>

#include <jansson.h>

#include <llb/error.h>

#include "svc_content_store.h"

/* The digest of the manifest that tag names in folder's index; of several the
 * one that was put last. LLB_ENOENT: no folder, no index or no such tag, or
 * the manifest is gone; LLB_EINVAL: the index is broken. Messages name the
 * folder. */
llb_status bk__layout_find(const char *folder, const char *tag,
                           char ret[BK__BLOB_DIGEST], llb_error *err);

/* A file of JSON of the size that an index or a manifest may have, for
 * json_decref(). LLB_ENOENT, LLB_EINVAL (no JSON), LLB_ELIMIT, LLB_EIO. */
llb_status bk__layout_json(const char *path, json_t **ret, llb_error *err);

/* Whether the blob is in the folder; LLB_ENOENT. */
llb_status bk__layout_has(const char *folder, const char *digest,
                          llb_error *err);

/* A descriptor (mediaType, digest, size) of a manifest in the folder, for
 * json_decref(). LLB_EINVAL: the blob is no manifest. */
llb_status bk__layout_describe(const char *folder, const char *digest,
                               json_t **ret, llb_error *err);

/* Puts the descriptor desc (borrowed) into the folder's index, in place of
 * what had that name: under each of the names "HOST/PATH:TAG", separated by
 * commas, or, when names is NULL or empty, under tag alone. Writes oci-layout
 * if it is missing. The index is locked against BuildKit's own clients too and
 * replaced in one go. LLB_EIO, LLB_EINVAL (the index that is there is broken).
 */
llb_status bk__layout_put(const char *folder, const json_t *desc,
                          const char *names, const char *tag, llb_error *err);

/* Whether all is there that the manifest digest leads to, each blob with its
 * size. LLB_ENOENT, LLB_EINVAL. */
llb_status bk__layout_complete(const char *folder, const char *digest,
                               llb_error *err);

/* Removes every blob that nothing in the index leads to. On failure perhaps
 * not all of them. */
llb_status bk__layout_prune(const char *folder, llb_error *err);

#endif

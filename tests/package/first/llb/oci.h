#ifndef LLB_OCI_H
#define LLB_OCI_H
#include <llb/state.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct llb_oci_layout_opts {
    uint32_t size;
    uint32_t reserved;
    const char *session_id;
    const char *store_id;
    const int64_t *layer_limit;
    const char *checksum;
    const llb_constraints *constraints;
} llb_oci_layout_opts;
#define LLB_OCI_LAYOUT_OPTS_INIT                                               \
    {                                                                          \
        (uint32_t)sizeof(llb_oci_layout_opts), 0, NULL, NULL, NULL, NULL, NULL \
    }
const llb_state *llb_oci_layout(llb_graph *g, const char *ref,
                                const llb_oci_layout_opts *opts);
typedef struct llb_blob_opts {
    uint32_t size;
    uint32_t chmod;
    int32_t uid, gid;
    const char *filename;
    const char *session_id;
    const char *store_id;
    const llb_constraints *constraints;
} llb_blob_opts;
#define LLB_BLOB_OPTS_INIT                                                     \
    {                                                                          \
        (uint32_t)sizeof(llb_blob_opts), 0, 0, 0, NULL, NULL, NULL, NULL       \
    }
const llb_state *llb_image_blob(llb_graph *g, const char *ref,
                                const llb_blob_opts *opts);
const llb_state *llb_oci_layout_blob(llb_graph *g, const char *ref,
                                     const llb_blob_opts *opts);
#ifdef __cplusplus
}
#endif
#endif

/* The capability ids that ops ask for, as bits in the order of their bytes:
 * the order in which a map of them is written. */
#ifndef LLB__LLB_CAPS_H
#define LLB__LLB_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "encode.h"

/* Sorted by id. BuildKit misspells "soruce.http.uidgid". */
#define LLB__CAPS(X)                                                           \
    X(CONSTRAINTS, "constraints")                                              \
    X(DIFFOP, "diffop")                                                        \
    X(EXEC_META_BASE, "exec.meta.base")                                        \
    X(EXEC_META_CDI, "exec.meta.cdi")                                          \
    X(EXEC_META_RESOURCES, "exec.meta.linux.resources")                        \
    X(EXEC_META_NETWORK, "exec.meta.network")                                  \
    X(EXEC_META_PROXY, "exec.meta.proxyenv")                                   \
    X(EXEC_META_SECURITY, "exec.meta.security")                                \
    X(EXEC_META_DEFAULT_PATH, "exec.meta.setsdefaultpath")                     \
    X(EXEC_META_ULIMIT, "exec.meta.ulimit")                                    \
    X(EXEC_MOUNT_BIND, "exec.mount.bind")                                      \
    X(EXEC_MOUNT_CACHE, "exec.mount.cache")                                    \
    X(EXEC_MOUNT_CONTENT, "exec.mount.cache.content")                          \
    X(EXEC_MOUNT_SHARING, "exec.mount.cache.sharing")                          \
    X(EXEC_MOUNT_SECRET, "exec.mount.secret")                                  \
    X(EXEC_MOUNT_SELECTOR, "exec.mount.selector")                              \
    X(EXEC_MOUNT_SSH, "exec.mount.ssh")                                        \
    X(EXEC_MOUNT_TMPFS, "exec.mount.tmpfs")                                    \
    X(EXEC_MOUNT_TMPFS_SIZE, "exec.mount.tmpfs.size")                          \
    X(EXEC_SECRETENV, "exec.secretenv")                                        \
    X(EXEC_EXITCODE, "exec.validexitcode")                                     \
    X(FILE_BASE, "file.base")                                                  \
    X(MERGEOP, "mergeop")                                                      \
    X(META_DESCRIPTION, "meta.description")                                    \
    X(META_EXPORTCACHE, "meta.exportcache")                                    \
    X(META_IGNORECACHE, "meta.ignorecache")                                    \
    X(PASSTHROUGHOP, "passthroughop")                                          \
    X(PLATFORM, "platform")                                                    \
    X(HTTP_UIDGID, "soruce.http.uidgid")                                       \
    X(BUILD_FILENAME, "source.buildop.llbfilename")                            \
    X(GIT, "source.git")                                                       \
    X(GIT_BUNDLE, "source.git.bundle")                                         \
    X(GIT_CHECKOUT_BUNDLE, "source.git.checkoutbundle")                        \
    X(GIT_CHECKSUM, "source.git.checksum")                                     \
    X(GIT_FETCH_BY_COMMIT, "source.git.fetchbycommit")                         \
    X(GIT_FULLURL, "source.git.fullurl")                                       \
    X(GIT_HTTPAUTH, "source.git.httpauth")                                     \
    X(GIT_KEEPGITDIR, "source.git.keepgitdir")                                 \
    X(GIT_KNOWNHOSTS, "source.git.knownsshhosts")                              \
    X(GIT_SSHSOCK, "source.git.mountsshsock")                                  \
    X(GIT_MTIME, "source.git.mtime")                                           \
    X(GIT_SIGNATURE, "source.git.signatureverify")                             \
    X(GIT_SKIP_SUBMODULES, "source.git.skipsubmodules")                        \
    X(HTTP, "source.http")                                                     \
    X(HTTP_AUTH, "source.http.auth")                                           \
    X(HTTP_CHECKSUM, "source.http.checksum")                                   \
    X(HTTP_HEADER, "source.http.header")                                       \
    X(HTTP_PERM, "source.http.perm")                                           \
    X(HTTP_SIGNATURE, "source.http.signatureverify")                           \
    X(IMAGE, "source.image")                                                   \
    X(IMAGE_CHECKSUM, "source.image.checksum")                                 \
    X(IMAGE_LAYERLIMIT, "source.image.layerlimit")                             \
    X(IMAGE_RESOLVEMODE, "source.image.resolvemode")                           \
    X(IMAGEBLOB, "source.imageblob")                                           \
    X(LOCAL, "source.local")                                                   \
    X(LOCAL_DIFFER, "source.local.differ")                                     \
    X(LOCAL_EXCLUDE, "source.local.excludepatterns")                           \
    X(LOCAL_FOLLOW, "source.local.followpaths")                                \
    X(LOCAL_INCLUDE, "source.local.includepatterns")                           \
    X(LOCAL_METADATA, "source.local.metadatatransfer")                         \
    X(LOCAL_SESSION, "source.local.sessionid")                                 \
    X(LOCAL_KEYHINT, "source.local.sharedkeyhint")                             \
    X(LOCAL_UNIQUE, "source.local.unique")                                     \
    X(OCILAYOUT, "source.ocilayout")

enum llb__cap_number {
#define LLB__CAP_NUMBER(name, id) LLB__CAPNR_##name,
    LLB__CAPS(LLB__CAP_NUMBER)
#undef LLB__CAP_NUMBER
        LLB__N_CAPS
};
_Static_assert(LLB__N_CAPS <= 64, "capabilities are bits of one uint64_t");

/* One bit, as in llb__caps caps = LLB__CAP(EXEC_META_BASE). */
#define LLB__CAP(name) ((uint64_t)1 << LLB__CAPNR_##name)

typedef uint64_t llb__caps;

/* The id of a cap number below LLB__N_CAPS. */
const char *llb__cap_id(unsigned number);

/* Number of the cap with this id, or -1. */
int llb__cap_find(const char *id, size_t len);

/* Writes entries {id, true} of a map<string, bool>, last id first. */
void llb__caps_encode(llb__enc *e, uint32_t field, llb__caps caps);

#endif

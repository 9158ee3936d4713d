/* Lock files: what a build file leaves open, written down. With one a
 * compilation asks nobody and gives the same bytes on every machine. */
#ifndef LLB_LOCK_H
#define LLB_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The entries of a lock file. Its text is JSON with sorted keys and one entry
 * a line, so that changes read well and merge:
 *
 *     {"version": 1,
 *      "build_platform": "linux/amd64",
 *      "images": {
 *       "docker.io/library/alpine:latest linux/amd64": {"config": ..., ...}},
 *      "git": {
 *       "https://example.com/a.git#main": {"commit": "..."}},
 *      "http": {
 *       "https://example.com/f": {"checksum": "sha256:..."}},
 *      "modules": {
 *       "https://example.com/m.git#v1 lib.llb": {"file": "sha256:..."}}}
 *
 * Threads: one at a time for each object; objects are independent.
 */
typedef struct llbc_lock llbc_lock;

/** What an entry is about. */
typedef enum llbc_lock_kind {
    LLBC_LOCK_IMAGE = 0,   /**< name: "REFERENCE PLATFORM" */
    LLBC_LOCK_GIT = 1,     /**< name: "REMOTE#REF" */
    LLBC_LOCK_HTTP = 2,    /**< name: the URL */
    LLBC_LOCK_MODULE = 3,  /**< name: "REMOTE#REF PATH" */
    LLBC_LOCK_FRONTEND = 4 /**< name: "FRONTEND SUM-OF-THE-REQUEST" */
} llbc_lock_kind;

/** One entry; all pointers are borrowed from the lock. */
typedef struct llbc_lock_entry {
    const char *name;
    /** Digest of the image, commit of the ref, checksum of the file, digest of
     *  the module's text or the frontend's result, which are kept elsewhere.
     */
    const char *value;
    /** Of an image: its config, JSON with sorted keys; else NULL. */
    const char *config;
} llbc_lock_entry;

/** An empty lock; NULL: no memory. Freed with llbc_lock_free(). */
llbc_lock *llbc_lock_new(void);
void llbc_lock_free(llbc_lock *l);

/**
 * Reads the text of a lock file, all of it: an entry that is not complete, a
 * key given twice or one that is not known is an error.
 *
 * @param text      len bytes, borrowed
 * @param ret_lock  set on success
 *
 * @return LLB_OK; LLB_EINVAL: no lock file, the message says where and why;
 *         LLB_ELIMIT: more than 64 MiB; LLB_ENOMEM.
 */
llb_status llbc_lock_parse(const char *text, size_t len, llbc_lock **ret_lock,
                           llb_error *err);

/**
 * Writes the text of a lock file; equal entries give equal bytes.
 *
 * @param ret_text  NUL-terminated, freed with free()
 * @return LLB_OK or LLB_ENOMEM.
 */
llb_status llbc_lock_write(const llbc_lock *l, char **ret_text, size_t *ret_len,
                           llb_error *err);

/** Finds an entry; false if there is none. */
bool llbc_lock_find(const llbc_lock *l, llbc_lock_kind kind, const char *name,
                    llbc_lock_entry *ret_entry);

/** How many entries of a kind there are, and the i-th by name; its pointers are
 *  NULL when there is no memory to sort them. */
size_t llbc_lock_count(const llbc_lock *l, llbc_lock_kind kind);
llbc_lock_entry llbc_lock_at(const llbc_lock *l, llbc_lock_kind kind, size_t i);

/**
 * Adds an entry, or replaces the one of its name; everything is copied.
 *
 * @return LLB_OK; LLB_EINVAL: the value is no digest or commit, or the config
 *         no JSON object; LLB_ENOMEM.
 */
llb_status llbc_lock_set(llbc_lock *l, llbc_lock_kind kind, const char *name,
                         const char *value, const char *config, llb_error *err);

/** The platform of the daemon that the lock was made with; NULL: not known.
 *  Setting copies it. */
const char *llbc_lock_build_platform(const llbc_lock *l);
llb_status llbc_lock_set_build_platform(llbc_lock *l, const char *platform,
                                        llb_error *err);

#ifdef __cplusplus
}
#endif
#endif

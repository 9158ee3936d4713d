/* Definitions: reading, checking, looking into, printing and patching what
 * BuildKit builds from. A definition is a pb.Definition as declared by
 * BuildKit's solver/pb/ops.proto: serialized ops, each known by the SHA-256 of
 * its bytes, their metadata and their places in source files. */
#ifndef LLB_DEF_H
#define LLB_DEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A checked definition. It never changes, so threads share it freely; it is
 *  counted, and goes when each llb_def_ref and its maker have freed it. */
typedef struct llb_def llb_def;

/** What an op does: the member of pb.Op's oneof. Numbers are part of the ABI
 *  and never change. */
typedef enum llb_op_kind {
    LLB_OP_TERMINAL = 0, /**< none: the last op, which names the result */
    LLB_OP_EXEC = 2,
    LLB_OP_SOURCE = 3,
    LLB_OP_FILE = 4,
    LLB_OP_BUILD = 5,
    LLB_OP_MERGE = 6,
    LLB_OP_DIFF = 7,
    LLB_OP_PASSTHROUGH = 8
} llb_op_kind;

/** "exec", "source" and so on; static text. Threads: any. */
const char *llb_op_kind_name(llb_op_kind kind);

/** Flags of llb_def_parse; or them together. */
enum {
    LLB_DEF_TAKE = 1 << 0, /**< the bytes are malloc'ed, and ours on success */
    LLB_DEF_EMPTY_OK = 1 << 1 /**< no bytes are the empty result, "scratch" */
};

/**
 * Reads a serialized pb.Definition and checks it with the rules by which
 * BuildKit loads one (solver/llbsolver/vertex.go), and with those that it
 * finds only while it builds or crashes on: each input names an op that is
 * there, one terminal with exactly one input, complete execs and file ops,
 * UTF-8, locations that name a source file.
 *
 * Ops may stand in any order, the terminal last. What the terminal does not
 * reach is decoded and its inputs are looked up, but no more, as by BuildKit.
 *
 * @param data   the bytes: copied, or with LLB_DEF_TAKE malloc'ed and taken,
 *               on success only
 * @param flags  LLB_DEF_ flags or 0
 * @param ret_def  set on success; the caller frees it
 *
 * @return LLB_OK; LLB_EINVAL: NULL, no definition, or one that BuildKit would
 *         refuse: the message has the op's number and digest or the byte
 *         offset, and the way out; LLB_ELIMIT above 1 GiB; LLB_ENOMEM.
 *
 * Threads: any.
 */
llb_status llb_def_parse(const void *data, size_t len, unsigned flags,
                         llb_def **ret_def, llb_error *err);

/** One more owner of @p def, which is returned; NULL gives NULL. Threads: any.
 */
llb_def *llb_def_ref(llb_def *def);

/** One owner less; the last one frees. NULL is fine. Threads: any. */
void llb_def_free(llb_def *def);

/** The serialized pb.Definition, borrowed from @p def, never NULL; the empty
 *  definition has no bytes. @p ret_len may be NULL. Threads: any. */
const uint8_t *llb_def_bytes(const llb_def *def, size_t *ret_len);

/** "sha256:..." of the terminal op, the name of the whole; "" for the empty
 *  definition. Borrowed from @p def. Threads: any. */
const char *llb_def_digest(const llb_def *def);

/** The most bytes of a definition that one Control.Solve can carry: BuildKit's
 *  messages end at 16 MiB, and the rest of the request needs some room. */
#define LLB_DEF_MAX_SEND ((size_t)16 * 1024 * 1024 - 64 * 1024)

/* ---- Looking into it ----------------------------------------------------
 *
 * Arguments are borrowed, and so is what comes out, from the definition, where
 * nothing else is said. NULL for the definition, and a number that is out of
 * range, give what is empty: an op of no kind, no text, false.
 *
 * Threads: any. */

/** How many ops there are, the terminal included; 0 for the empty one. */
size_t llb_def_n_ops(const llb_def *def);

/** One op; all pointers are borrowed from the definition. */
typedef struct llb_def_op {
    llb_op_kind kind;
    char digest[72];     /**< "sha256:..." of data, with a NUL */
    const uint8_t *data; /**< the serialized pb.Op */
    size_t len;
    size_t n_inputs;         /**< see llb_def_op_input */
    const uint8_t *metadata; /**< serialized pb.OpMetadata; NULL: no entry */
    size_t metadata_len;
} llb_def_op;

/** Op number @p i, below llb_def_n_ops(). Threads: any. */
llb_def_op llb_def_op_at(const llb_def *def, size_t i);

/** Finds the op of a digest (text of @p len bytes, borrowed); false if there is
 *  none. Of equal ops the first. Threads: any. */
bool llb_def_find(const llb_def *def, const char *digest, size_t len,
                  size_t *ret_i);

/** Input @p k of op @p i: the number of the op it comes from, and in
 *  *ret_output (may be NULL) which of its outputs; SIZE_MAX if there is no
 *  such input. Constant time. Threads: any. */
size_t llb_def_op_input(const llb_def *def, size_t i, size_t k,
                        int64_t *ret_output);

/** Op.platform; empty strings where it says nothing, lengths beside them,
 *  since the bytes have no NUL. Borrowed from the definition. */
typedef struct llb_def_platform {
    const char *os, *arch, *variant, *os_version;
    size_t os_len, arch_len, variant_len, os_version_len;
} llb_def_platform;

/** The platform of op @p i; false, and *ret_platform as it was, when it has
 *  none. Threads: any. */
bool llb_def_op_platform(const llb_def *def, size_t i,
                         llb_def_platform *ret_platform);

/** The value of a description key ("llb.customname") of op @p i, borrowed,
 *  without a NUL; NULL, and *ret_len (may be NULL) as it was, when it is not
 *  there. Threads: any. */
const char *llb_def_op_description(const llb_def *def, size_t i,
                                   const char *key, size_t *ret_len);

/** What BuildKit calls the vertex of op @p i while it runs: its custom name,
 *  or one made of what it does ("copy /a /b"). Long names of merges and diffs
 *  within each other are cut short. As solver/llbsolver/vertex.go (llbOpName).
 *  The caller frees it with free(); NULL: no memory, or no such op. Threads:
 *  any. */
char *llb_def_op_name(const llb_def *def, size_t i);

/** One range of lines of one place of an op. Lines count from 1. */
typedef struct llb_def_place {
    uint32_t location; /**< number of the Location among the op's */
    uint32_t info;     /**< number of the source file, see llb_def_info_at */
    int32_t start_line, start_char, end_line, end_char;
} llb_def_place;

/** Writes up to @p max places of op @p i to @p places (the caller's; NULL if
 *  max is 0), in order, and returns how many there are. A Location without
 * ranges gives one place of lines 0. Threads: any. */
size_t llb_def_op_places(const llb_def *def, size_t i, llb_def_place *places,
                         size_t max);

/** A source file that ops come from (pb.SourceInfo); borrowed, no NULs. */
typedef struct llb_def_info {
    const char *filename, *language;
    const uint8_t *data;
    size_t filename_len, language_len, data_len;
    size_t definition_ops; /**< ops of the definition that holds the file */
} llb_def_info;

/** How many source files there are. Threads: any. */
size_t llb_def_n_infos(const llb_def *def);

/** Source file @p i, below llb_def_n_infos(). Threads: any. */
llb_def_info llb_def_info_at(const llb_def *def, size_t i);

/* ---- What a build of it asks for ---------------------------------------- */

/** What kind of thing a build needs. Numbers are part of the ABI. */
typedef enum llb_need_kind {
    LLB_NEED_LOCAL = 0,       /**< folder: the name of a local source */
    LLB_NEED_SECRET = 1,      /**< secret id: of mounts, variables, sources */
    LLB_NEED_SSH = 2,         /**< ssh agent id; an empty one is "default" */
    LLB_NEED_OCI_STORE = 3,   /**< content store: attribute oci.store */
    LLB_NEED_REGISTRY = 4,    /**< host of an image, "docker.io" as written */
    LLB_NEED_ENTITLEMENT = 5, /**< "network.host", "device=NAME" */
    LLB_NEED_CAP = 6          /**< capability id in the metadata of an op, or
                                   of a field that a daemon must know */
} llb_need_kind;

/** One thing that a build needs, whichever ops name it. */
typedef struct llb_def_need {
    llb_need_kind kind;
    bool optional;    /**< each op that names it can do without */
    const char *name; /**< with a NUL behind name_len bytes */
    size_t name_len;
    size_t op; /**< number of the first op that names it */
} llb_def_need;

/** All that a build needs; made by llb_def_needs_of(). */
typedef struct llb_def_needs {
    llb_def_need *list; /**< by kind, then name in byte order, each once */
    size_t n;
} llb_def_needs;

/**
 * All that the ops which the terminal reaches name: what a session has to
 * offer, and what the daemon must know or allow.
 *
 * An http source without http.authheadersecret names, as optional, the two
 * secrets that BuildKit tries by default, HTTP_AUTH_HEADER_HOST and
 * HTTP_AUTH_TOKEN_HOST; those of git are optional as well.
 *
 * @param ret_needs  set on success; the caller frees it with
 *                   llb_def_needs_free. It does not point into @p def.
 * @return LLB_OK, LLB_EINVAL (NULL) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_needs_of(const llb_def *def, llb_def_needs **ret_needs,
                            llb_error *err);

/** Frees what llb_def_needs_of() made; NULL is fine. */
void llb_def_needs_free(llb_def_needs *needs);

/** The need of that kind and name (name_len bytes), borrowed from @p needs;
 *  NULL if there is none. Threads: any. */
const llb_def_need *llb_def_needs_find(const llb_def_needs *needs,
                                       llb_need_kind kind, const char *name,
                                       size_t name_len);

/** Whether a build of it talks to a session: a source, a secret, an ssh agent
 *  or a build op is there. Threads: any. */
bool llb_def_needs_session(const llb_def *def);

/* ---- Printing ----------------------------------------------------------- */

/** How a definition is printed. */
typedef enum llb_def_format {
    LLB_DEF_JSON = 0, /**< all of it; schema in docs/definition-json.md */
    LLB_DEF_TREE = 1, /**< the graph from the result down, for people */
    LLB_DEF_DOT = 2   /**< the graph, for Graphviz */
} llb_def_format;

/**
 * Writes a definition as text that ends in a newline. Equal definitions give
 * equal text. In the forms for people control characters are escaped.
 *
 * @param ret_text  set on success, with a NUL behind it; freed with free()
 * @param ret_len   may be NULL
 * @return LLB_OK, LLB_EINVAL (no such format) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_print(const llb_def *def, llb_def_format format,
                         char **ret_text, size_t *ret_len, llb_error *err);

/** Takes a piece of text, borrowed for the call; false: no more, please. */
typedef bool llb_def_write(void *ctx, const char *text, size_t len);

/**
 * The same text in pieces, for definitions whose text should not be in memory
 * as a whole. Pieces end anywhere.
 *
 * @param write  called with @p ctx (borrowed), as often as needed, before the
 *               call returns
 * @return LLB_OK, LLB_EINVAL (no such format), LLB_ECANCELED (write returned
 *         false) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_print_to(const llb_def *def, llb_def_format format,
                            llb_def_write *write, void *ctx, llb_error *err);

/**
 * Writes op @p i alone as JSON: as in the list of ops, with its "number", its
 * "metadata" and, where the definition has any, its "locations".
 *
 * @param ret_text  set on success, with a NUL behind it; freed with free()
 * @param ret_len   may be NULL
 * @return LLB_OK, LLB_EINVAL (no such op) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_print_op(const llb_def *def, size_t i, char **ret_text,
                            size_t *ret_len, llb_error *err);

/* ---- Comparing ---------------------------------------------------------- */

/** What differs. Numbers are part of the ABI. */
typedef enum llb_change_kind {
    LLB_CHANGE_OP = 0,       /**< a field of an op, or where an input is from */
    LLB_CHANGE_REMOVED = 1,  /**< an op that only the first has */
    LLB_CHANGE_ADDED = 2,    /**< an op that only the second has */
    LLB_CHANGE_METADATA = 3, /**< a field of an op's metadata */
    LLB_CHANGE_FILE = 4,     /**< a source file; no part of any digest */
    LLB_CHANGE_PLACES = 5    /**< where in source files an op comes from */
} llb_change_kind;

/** "No op", "no source file". */
#define LLB_DEF_NONE SIZE_MAX

/** One difference. Values are JSON as in docs/definition-json.md. */
typedef struct llb_def_change {
    llb_change_kind kind;
    size_t a, b; /**< op in the first, in the second; LLB_CHANGE_FILE: source
                  *   file; LLB_DEF_NONE: that one has none, and there is
                  *   nothing below */
    char *field; /**< "exec.meta.env[3]", "source.attrs[\"http.checksum\"]",
                  *   "inputs[0]", "n_inputs", "metadata.ignore_cache",
                  *   "data line 7", "locations[0].ranges[0][1]"; or
                  *   "bytes[7]" with hex values, where the same fields are
                  *   written in other bytes */
    char *a_value, *b_value; /**< NULL: it is not there */
} llb_def_change;

/** All that differs; made by llb_def_changes_of(). */
typedef struct llb_def_changes {
    llb_def_change *list; /**< in the order of llb_change_kind but for the
                           *   first three, which are one after the other as
                           *   ops run: the first is nearest to the cause */
    size_t n;
    size_t n_more; /**< differences beyond 100 of a kind (10 of
                    *   LLB_CHANGE_PLACES), or ops that have some */
} llb_def_changes;

/**
 * Compares two definitions op by op, also when digests differ from the result
 * all the way down: ops are paired by their digests, by what they do without
 * their inputs, and by their place in the graph. Only what an op says itself
 * counts as its change; that it builds on a changed one is not repeated.
 *
 * The order in which a definition lists its ops, and ops listed twice, mean
 * nothing and make no difference.
 *
 * @param ret_changes  set on success, n 0 when they are equal; the caller frees
 *                     it with llb_def_changes_free. It does not point into the
 *                     definitions.
 * @param a,b          borrowed
 *
 * @return LLB_OK, LLB_EINVAL (NULL) or LLB_ENOMEM. Time and memory are about
 *         linear. Threads: any.
 */
llb_status llb_def_changes_of(const llb_def *a, const llb_def *b,
                              llb_def_changes **ret_changes, llb_error *err);

/** Frees what llb_def_changes_of() made; NULL is fine. */
void llb_def_changes_free(llb_def_changes *changes);

/**
 * The same as text for people, with control characters escaped and long values
 * cut to where they differ:
 *
 *     #3 exec "make x" and #4 exec "make y":
 *       exec.meta.args[1]: "x" -> "y"
 *     only in the second: #5 file "rm /tmp"
 *
 * @param a,b       borrowed
 * @param ret_text  set on success, empty when they are equal; freed with free()
 *
 * @return LLB_OK, LLB_EINVAL (NULL) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_diff(const llb_def *a, const llb_def *b, char **ret_text,
                        llb_error *err);

/* ---- Before sending ----------------------------------------------------- */

/**
 * A copy for one solve: sources lose the attributes local.session and
 * oci.session, which would tie them to a session that is long gone, and local
 * sources get local.unique, so that BuildKit looks at the folder again.
 * Digests, inputs, metadata and locations follow; all other bytes, unknown
 * fields too, stay as they are.
 *
 * Op i of the copy is op i of @p def: llb_def_find in the copy and
 * llb_def_op_at in the original translate the digests that a daemon reports.
 *
 * @param unique   value of local.unique, copied; NULL: the attribute stays
 *                 as it is
 * @param ret_def  set on success; the caller frees it. When nothing changes
 *                 it is @p def itself with one owner more.
 * @return LLB_OK, LLB_EINVAL (@p unique is no UTF-8), LLB_ELIMIT (the copy
 *         would be above 1 GiB) or LLB_ENOMEM. Threads: any.
 */
llb_status llb_def_patch_locals(llb_def *def, const char *unique,
                                llb_def **ret_def, llb_error *err);

#ifdef __cplusplus
}
#endif
#endif

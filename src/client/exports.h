/* Exporters: what is asked of the daemon, and what it sends back to us. */
#ifndef LLB__CLIENT_EXPORTS_H
#define LLB__CLIENT_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include <llb/client.h>

#include "arena.h"
#include "svc_filesend.h"

/* One exporter as it goes into the request. */
typedef struct bk__exporter {
    const char *type;
    const bk_pair *attrs;
    size_t n_attrs;
    bool has_config; /* an image's config is among them */
} bk__exporter;

typedef struct bk__exports {
    bk__exporter *list; /* n of each, in the caller's order */
    bk__target *targets;
    size_t n;
    bool to_client;     /* one of them sends us something */
    const char *layout; /* the folder of the one that writes a content store */
    bool pushes;        /* one of them needs registry access */
} bk__exports;

/* Whether asking for these exporters needs to know how the engine keeps its
 * images, which costs a question. */
bool bk__exports_ask(const bk_solve_opts *o);

/* Works out the exporters for a daemon of that kind; graphdriver as in
 * bk_daemon_info. Strings are borrowed from o or in the arena. LLB_EINVAL (a
 * destination that is missing or not wanted), LLB_EUNSUPPORTED (by name, with
 * the way out), LLB_ENOMEM. */
llb_status bk__exports_make(llb__arena *a, const bk_solve_opts *o, bk_kind kind,
                            bool graphdriver, bk__exports *ret, llb_error *err);

#endif

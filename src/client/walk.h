/* Walking a folder the way the daemon wants to hear of it: a folder before
 * what is in it, names in byte order, parents of what the patterns select. */
#ifndef LLB__CLIENT_WALK_H
#define LLB__CLIENT_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include <llb/error.h>

#include "match.h"
#include "packet.h"

/* Longer paths are an error: the daemon could not create them. */
enum { BK__MAX_PATH = 4095 };

/* Sees one entry: what to send, its path relative to the root and
 * NUL-terminated, and what the system said of it. Both are borrowed for the
 * call. False stops the walk. */
typedef bool (*bk__walk_fn)(void *arg, const bk__stat *st,
                            const struct stat *sys);

/* Calls fn for each selected entry below the folder root (borrowed), which is
 * called root_name in messages. include and exclude may be NULL: then all, or
 * none. Folders that cannot hold anything selected are not opened; entries
 * that vanish meanwhile are left out; what may not be read is LLB_EIO with its
 * path unless it is not selected. The number of open files is bounded,
 * whatever the depth, and a folder that somebody moves away meanwhile is an
 * error, not a way out of the root. LLB_ECANCELED: fn stopped it (err is
 * untouched). */
llb_status bk__walk(int root, const char *root_name, bk__matcher *include,
                    bk__matcher *exclude, bk__walk_fn fn, void *arg,
                    llb_error *err);

#endif

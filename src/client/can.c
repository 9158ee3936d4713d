/* An old daemon refuses a capability that it has never heard of with a text
 * for developers, and ignores a field that it does not know without a word:
 * then a copy takes files that it should leave out. So we ask before. */
#include "can.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "conn.h"
#include "error.h"

/* Capabilities younger than v0.8, by their definition in BuildKit's
 * solver/pb/caps.go. A daemon says nothing of some; then another one that came
 * with the same release is asked for. */
static const struct young {
    const char *id, *since, *what, *ask;
} youngs[] = {
    {"diffop", "v0.10", "take the difference of filesystems", NULL},
    {"exec.meta.cdi", "v0.20", "give devices to a step", NULL},
    {"exec.meta.cgroup.parent", "v0.10", "set a step's cgroup", NULL},
    {"exec.meta.linux.resources", "v0.31", "limit a step's resources", NULL},
    {"exec.meta.removemountstubs.recursive", "v0.11",
     "remove what mounts leave behind", "source.ocilayout"},
    {"exec.meta.ulimit", "v0.10", "set a step's ulimits", NULL},
    {"exec.mount.cache.content", "v0.13",
     "choose how a mount's content counts for the cache", NULL},
    {"exec.mount.tmpfs.size", "v0.10", "limit the size of a tmpfs", NULL},
    {"exec.secretenv", "v0.10", "give secrets as variables", NULL},
    {"exec.validexitcode", "v0.17", "accept other exit codes than 0", NULL},
    {"file.copy.alwaysreplaceexistingdestpaths", "v0.14",
     "replace what a copy meets at its destination", NULL},
    {"file.copy.includeexcludepatterns", "v0.9",
     "copy by include and exclude patterns", NULL},
    {"file.copy.modestring", "v0.17", "copy with a symbolic mode",
     "exec.validexitcode"},
    {"file.copy.requiredpaths", "v0.26", "check for a copy's required paths",
     NULL},
    {"file.symlink.create", "v0.19", "make symlinks without a step", NULL},
    {"mergeop", "v0.10", "merge filesystems", NULL},
    {"passthroughop", "v0.31", "pass filesystems through", NULL},
    {"source.git.bundle", "v0.30", "read git bundles", NULL},
    {"source.git.checkoutbundle", "v0.30", "make git bundles", NULL},
    {"source.git.checksum", "v0.22", "check a git commit", NULL},
    {"source.git.fetchbycommit", "v0.30", "fetch git by commit", NULL},
    {"source.git.mtime", "v0.29", "set the times of files from git", NULL},
    {"source.git.skipsubmodules", "v0.24", "leave out git submodules", NULL},
    {"source.http.auth", "v0.21", "send a secret header over http", NULL},
    {"source.http.header", "v0.21", "send headers over http", NULL},
    {"source.http.signatureverify", "v0.28",
     "check the signature of a file from http", NULL},
    {"source.image.checksum", "v0.25", "check an image's digest", NULL},
    {"source.image.layerlimit", "v0.11", "take the first layers of an image",
     NULL},
    {"source.imageblob", "v0.28", "read blobs of registries", NULL},
    {"source.local.differ", "v0.9", "choose how files are compared", NULL},
    {"source.local.metadatatransfer", "v0.21",
     "read the metadata of local files only", NULL},
    {"source.ocilayout", "v0.11", "read OCI layouts", NULL},
};

static const struct young *find(const llb_def_need *need)
{
    for (size_t i = 0; i < sizeof youngs / sizeof *youngs; i++) {
        if (need->kind == LLB_NEED_CAP && strcmp(need->name, youngs[i].id) == 0)
            return &youngs[i];
    }
    return NULL;
}

/* "FILE:LINE: " of an op, "" when it has no place. */
static void put_place(const llb_def *def, size_t op, char *buf, size_t size)
{
    llb_def_place place;

    *buf = '\0';
    if (llb_def_op_places(def, op, &place, 1) == 0)
        return;
    llb_def_info file = llb_def_info_at(def, place.info);
    snprintf(buf, size, "%.*s:%" PRId32 ": ",
             file.filename_len < 128 ? (int)file.filename_len : 128,
             file.filename, place.start_line);
}

static llb_status check(bk_client *c, const llb_def *def,
                        const llb_def_need *need, llb_error *err)
{
    const struct young *y = find(need);
    bool can = true;
    char place[160];

    if (!y)
        return LLB_OK;
    llb_status st = bk__client_has_cap(c, y->ask ? y->ask : y->id, &can, err);
    if (st != LLB_OK || can)
        return st;
    put_place(def, need->op, place, sizeof place);
    return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                     "%sthis daemon cannot %s (needs BuildKit %s; %s)", place,
                     y->what, y->since, y->id);
}

llb_status bk__daemon_can(bk_client *c, const llb_def *def, llb_error *err)
{
    llb_def_needs *needs;
    llb_status st = llb_def_needs_of(def, &needs, err);

    if (st != LLB_OK)
        return st;
    for (size_t i = 0; i < needs->n && st == LLB_OK; i++)
        st = check(c, def, &needs->list[i], err);
    llb_def_needs_free(needs);
    return st;
}

/* llb lock: what a build file leaves open, written down. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "content.h"
#include "file.h"
#include "interrupt.h"
#include "project.h"
#include "report.h"

struct opts {
    cmd__file_opts file;
    cmd__list allow;
    bool update, check, vendor;
    cmd__daemon_opts daemon;
};

/* One run of the command. */
typedef struct locker {
    const struct opts *o;
    cmd__list anew; /* operands of --update */
    cmd__project p;
    cmd__daemon d;
    cmd__resolver asks;
    llbc_lock *record;
    llb_error err;
} locker;

static int fail(locker *l) { return cmd__fail(&l->err); }

/* The platform that targets are compiled for when they name none. */
static int find_platform(locker *l)
{
    const char *platform =
        l->p.lock ? llbc_lock_build_platform(l->p.lock) : NULL;

    if (!platform || l->o->update) {
        if (l->o->check) {
            cmd__error("%s says no build_platform", l->p.lock_path);
            return CMD__FAILED;
        }
        if (cmd__daemon_open(&l->d, &l->o->daemon, &l->err) != LLB_OK)
            return l->err.status == LLB_EINVAL
                       ? cmd__usage("lock", "%s", l->err.message)
                       : fail(l);
        if (cmd__daemon_platform(&l->d, &l->err) != LLB_OK)
            return fail(l);
        platform = l->d.platform;
    }
    return llbc_lock_set_build_platform(l->record, platform, &l->err) == LLB_OK
               ? CMD__DONE
               : fail(l);
}

/* Compiles everything, and records each answer. */
static int record(locker *l)
{
    llbc_resolver resolver = cmd__resolver_of(&l->asks);
    llbc_compile_opts c = LLBC_COMPILE_OPTS_INIT;

    c.resolver = &resolver;
    c.build_platform = llbc_lock_build_platform(l->record);
    llbc_diags_silence(l->p.diags, "W0408"); /* of what is not in the lock */
    llb_status st = cmd__project_try(&l->p, &c, &l->err);
    if (st != LLB_OK)
        return fail(l);
    if (!llbc_diags_n_errors(l->p.diags))
        return CMD__DONE;
    cmd__project_show(&l->p);
    return CMD__FAILED;
}

static void summary(const locker *l, const char *what)
{
    static const char *const kinds[] = {"images", "repositories", "files",
                                        "modules", "frontends"};
    llb__buf b = LLB__BUF_INIT;

    for (int kind = 0; kind <= LLBC_LOCK_FRONTEND; kind++) {
        size_t n = llbc_lock_count(l->record, (llbc_lock_kind)kind);
        if (n)
            llb__buf_printf(&b, ", %s: %zu", kinds[kind], n);
    }
    cmd__say("%s: %s%s", l->p.lock_path, what, b.data ? b.data : "");
    llb__buf_clear(&b);
}

/* Writes the file, if it changes. */
static int write_lock(locker *l)
{
    char *text = NULL, *old = NULL;
    size_t len, old_len = 0;
    llb_error ignored = {0};

    if (llbc_lock_write(l->record, &text, &len, &l->err) != LLB_OK)
        return fail(l);
    if (llb__file_read(l->p.lock_path, len + 1, &old, &old_len, &ignored) !=
        LLB_OK)
        old = NULL;
    bool same = old && old_len == len && memcmp(old, text, len) == 0;
    llb_status st = LLB_OK;
    if (!same)
        st = llb__file_write_all(l->p.lock_path, text, len, 0666, &l->err);
    free(old);
    free(text);
    if (st != LLB_OK)
        return fail(l);
    summary(l, same ? "unchanged" : "written");
    return CMD__DONE;
}

/* What one lock has and the other has not, said line by line. */
static bool compare(const llbc_lock *a, const llbc_lock *b, const char *what)
{
    bool same = true;

    for (int kind = 0; kind <= LLBC_LOCK_FRONTEND; kind++) {
        size_t n = llbc_lock_count(a, (llbc_lock_kind)kind);
        for (size_t i = 0; i < n; i++) {
            llbc_lock_entry e = llbc_lock_at(a, (llbc_lock_kind)kind, i), other;
            if (llbc_lock_find(b, (llbc_lock_kind)kind, e.name, &other))
                continue;
            cmd__say("%s: %s", e.name, what);
            same = false;
        }
    }
    return same;
}

/* Nothing may be missing, and nothing left over. */
static int check(locker *l)
{
    size_t n = 0;

    for (size_t i = 0; i < llbc_diags_count(l->p.diags); i++) {
        const llbc_diag *d = llbc_diags_get(l->p.diags, i);
        n += strcmp(d->code, "W0601") == 0;
    }
    if (n)
        cmd__project_show(&l->p);
    bool same = compare(l->p.lock, l->record, "no target uses it");
    if (n || !same) {
        cmd__error("%s is not up to date; run llb lock", l->p.lock_path);
        return CMD__FAILED;
    }
    return CMD__DONE;
}

static llb_status vendor_kind(locker *l, llbc_lock_kind kind)
{
    size_t n = llbc_lock_count(l->record, kind);
    llb_status st = LLB_OK;

    for (size_t i = 0; st == LLB_OK && i < n; i++) {
        llbc_lock_entry e = llbc_lock_at(l->record, kind, i);
        char *data;
        size_t len;
        st = cmd__content_get(l->p.vendor, e.value, &data, &len, &l->err);
        if (st == LLB_OK) {
            st = cmd__content_put(l->p.vendor, data, len, &l->err);
            free(data);
        }
    }
    return st;
}

/* Copies what digests alone do not bring back into the project. */
static int vendor(locker *l)
{
    llb_status st = vendor_kind(l, LLBC_LOCK_MODULE);

    if (st == LLB_OK)
        st = vendor_kind(l, LLBC_LOCK_FRONTEND);
    return st == LLB_OK ? CMD__DONE : fail(l);
}

static int lock(locker *l)
{
    if (!l->p.lock_path)
        return cmd__usage("lock", "standard input has no lock file beside it");
    if (l->o->check && !l->p.lock) {
        cmd__error("there is no %s; llb lock makes it", l->p.lock_path);
        return CMD__FAILED;
    }
    int rc = find_platform(l);
    if (rc == CMD__DONE)
        rc = record(l);
    if (rc == CMD__DONE)
        rc = l->o->check ? check(l) : write_lock(l);
    if (rc == CMD__DONE && l->o->vendor)
        rc = vendor(l);
    return rc;
}

static int run(const cmd__args *args)
{
    locker l = {.o = args->opts,
                .anew = {(const char **)args->operands, args->n_operands}};
    cmd__file_opts file = l.o->file;

    if (args->n_operands && !l.o->update)
        return cmd__usage("lock", "\"%s\": names belong behind --update",
                          args->operands[0]);
    if (l.o->check && (l.o->update || l.o->vendor))
        return cmd__usage("lock",
                          "--check changes nothing; --update and --vendor do");
    l.record = llbc_lock_new();
    if (!l.record) {
        cmd__error("out of memory");
        return CMD__FAILED;
    }
    l.asks = (cmd__resolver){.daemon = &l.d,
                             .where = &l.o->daemon,
                             .record = l.record,
                             .anew = &l.anew,
                             .all_anew = l.o->update && !l.anew.n,
                             .offline = l.o->check};
    file.resolver = &l.asks;
    file.allow = &l.o->allow;
    file.only_fs = true;
    cmd__interrupt_begin(NULL);
    int rc = cmd__project_open(&l.p, "lock", &file, &l.err);
    if (rc == CMD__DONE)
        rc = lock(&l);
    cmd__resolver_close(&l.asks);
    llbc_lock_free(l.record);
    cmd__project_close(&l.p);
    cmd__daemon_close(&l.d);
    cmd__interrupt_end();
    return rc;
}

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, file),
    CMD__ALLOW_FS(struct opts, allow),
    {.name = "update",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, update),
     .help = "look up anew what is there already: all of it, or what has one "
             "of the NAMEs in its name"},
    {.name = "check",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, check),
     .help = "ask nobody and write nothing; exit with 1 if anything is "
             "missing or no longer used"},
    {.name = "vendor",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, vendor),
     .help = "keep texts of modules and results of frontends in a folder "
             "beside the lock file, "
             "instead of this machine's cache"},
    CMD__DAEMON_OPTIONS(struct opts, daemon, "the daemon to ask"),
};

const cmd__command cmd_lock = {
    .name = "lock",
    .operands = "[NAME...]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "pin what a build file leaves open",
    .about =
        "Writes down, in a file NAME.lock beside NAME.llb, what the images, "
        "git refs and web files of all targets are today: digests, configs, "
        "commits, checksums, and the daemon's platform. build, compile and "
        "check take them from there, so that they give the same bytes "
        "everywhere, without asking. Entries that are there stay as they are; "
        "those that nothing uses any more go.",
    .examples = "    llb lock\n"
                "    llb lock --update alpine\n"
                "    llb lock --check\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};

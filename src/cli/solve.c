/* From options to a finished build. Nothing is sent before all that the
 * command line names has been looked at. */
#include "solve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "failure.h"
#include "file.h"
#include "interrupt.h"
#include "metadata.h"
#include "report.h"
#include "shell.h"

int cmd__solve_fail(cmd__solve *s) { return cmd__fail(&s->err); }

int cmd__solve_usage(cmd__solve *s)
{
    return cmd__usage(s->command, "%s", s->err.message);
}

/* Interrupted before anything was sent. */
static void leave(int exit_code)
{
    (void)exit_code;
    cmd__error("cancelled");
}

static void leave_json(int exit_code)
{
    char line[128];
    int len = snprintf(line, sizeof(line),
                       "{\"error\":{\"message\":\"cancelled\",\"status\":"
                       "\"LLB_ECANCELED\",\"exit\":%d,\"canceled\":true}}\n",
                       exit_code);

    (void)llb__write_full(STDOUT_FILENO, line, (size_t)len);
    leave(exit_code);
}

int cmd__solve_begin(cmd__solve *s, const cmd__args *args,
                     const cmd__solve_opts *o)
{
    bool json = o->progress == CMD__PROGRESS_JSON;

    *s = (cmd__solve){.o = o, .command = args->command->name, .a = args->arena};
    s->progress = cmd__progress_new((cmd__progress_mode)o->progress,
                                    json ? STDOUT_FILENO : STDERR_FILENO);
    s->cancel = bk_cancel_new();
    s->metadata = json_object();
    if (!s->progress || !s->cancel || !s->metadata) {
        llb__fail_nomem(&s->err);
        return cmd__solve_fail(s);
    }
    cmd__interrupt_begin(json ? leave_json : leave);
    if (cmd__solve_parse(s) != LLB_OK)
        return s->err.status == LLB_ENOMEM || s->err.status == LLB_ECANCELED
                   ? cmd__solve_fail(s)
                   : cmd__solve_usage(s);
    if ((o->metadata_file &&
         cmd__check_writable("metadata-file", o->metadata_file, &s->err) !=
             LLB_OK) ||
        (o->iidfile &&
         cmd__check_writable("iidfile", o->iidfile, &s->err) != LLB_OK))
        return cmd__solve_fail(s);
    return CMD__DONE;
}

int cmd__solve_connect(cmd__solve *s)
{
    if (cmd__daemon_open(&s->daemon, &s->o->daemon, &s->err) == LLB_OK)
        return CMD__DONE;
    return s->err.status == LLB_EINVAL ? cmd__solve_usage(s)
                                       : cmd__solve_fail(s);
}

/* ---- building ---- */

static llb_status make_exports(cmd__solve *s, const cmd__job *job,
                               bk_export **ret)
{
    bk_export *exports =
        llb__arena_array(s->a, job->n_outputs + 1, sizeof(*exports));

    if (!exports)
        return llb__fail_nomem(&s->err);
    for (size_t i = 0; i < job->n_outputs; i++) {
        const cmd__output *o = &job->outputs[i];
        bk_pair *attrs = llb__arena_array(s->a, o->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            return llb__fail_nomem(&s->err);
        for (size_t j = 0; j < o->n_attrs; j++)
            attrs[j] = (bk_pair){o->attrs[j].key, o->attrs[j].value};
        exports[i] = (bk_export){
            .type = o->type,
            .attrs = attrs,
            .n_attrs = o->n_attrs,
            .dest = o->kind == CMD__DEST_STDOUT ? "-" : o->dest,
        };
    }
    *ret = exports;
    return LLB_OK;
}

/* The caches of the job, then those of the options. */
static const bk_cache *join(cmd__solve *s, const bk_cache *a, size_t n_a,
                            const bk_cache *b, size_t n_b)
{
    bk_cache *all = llb__arena_array(s->a, n_a + n_b + 1, sizeof(*all));

    if (all && n_a)
        memcpy(all, a, n_a * sizeof(*all));
    if (all && n_b)
        memcpy(all + n_a, b, n_b * sizeof(*all));
    return all;
}

llb_status cmd__solve_make_opts(cmd__solve *s, const cmd__job *job,
                                bk_solve_opts *o)
{
    const cmd__solve_opts *given = s->o;
    bk_export *exports = NULL;

    if (make_exports(s, job, &exports) != LLB_OK)
        return s->err.status;
    *o = (bk_solve_opts)BK_SOLVE_OPTS_INIT;
    o->locals = job->locals;
    o->n_locals = job->n_locals;
    o->stores = job->stores;
    o->n_stores = job->n_stores;
    o->uploads = job->uploads;
    o->n_uploads = job->n_uploads;
    o->secrets = s->secrets;
    o->n_secrets = s->n_secrets;
    o->ssh = s->ssh;
    o->n_ssh = s->n_ssh;
    o->exports = exports;
    o->n_exports = job->n_outputs;
    o->image_config = job->image_config;
    o->frontend = job->frontend;
    o->frontend_attrs = cmd__solve_join_attrs(
        s, job->frontend_attrs, job->n_frontend_attrs, &o->n_frontend_attrs);
    o->source_policy = s->policy;
    o->project_root = job->project_root;
    o->n_cache_from = job->n_cache_from + given->cache_from.n;
    o->cache_from = join(s, job->cache_from, job->n_cache_from, s->cache_from,
                         given->cache_from.n);
    o->n_cache_to = job->n_cache_to + given->cache_to.n;
    o->cache_to =
        join(s, job->cache_to, job->n_cache_to, s->cache_to, given->cache_to.n);
    o->entitlements = s->allow;
    o->n_entitlements = s->n_allow;
    o->cancel = s->cancel;
    o->progress = cmd__progress_events(s->progress);
    return o->cache_from && o->cache_to && o->frontend_attrs
               ? LLB_OK
               : llb__fail_nomem(&s->err);
}

static void keep_metadata(cmd__solve *s, const cmd__job *job,
                          const bk_result *r, bool is_one)
{
    const char *iid = bk_result_get(r, "containerimage.config.digest");
    json_t *o = cmd__metadata(r);

    /* an engine that keeps images itself knows them by their config */
    if (!iid && s->daemon.kind == BK_KIND_DOCKER)
        iid = bk_result_get(r, "containerimage.digest");
    if (iid)
        snprintf(s->iid, sizeof(s->iid), "%s", iid);
    if (!is_one) {
        json_object_set_new(s->metadata, job->name, o);
        return;
    }
    json_object_update(s->metadata, o);
    json_decref(o);
}

static bool is_silent(const cmd__solve *s)
{
    return s->o->progress == CMD__PROGRESS_QUIET ||
           s->o->progress == CMD__PROGRESS_JSON;
}

static const char *name_attr(const cmd__output *o)
{
    for (size_t i = 0; i < o->n_attrs; i++)
        if (strcmp(o->attrs[i].key, "name") == 0)
            return o->attrs[i].value;
    return NULL;
}

/* What there is now that was not there before. */
static void say_outputs(const cmd__solve *s, const cmd__job *job)
{
    bool engine = s->daemon.kind == BK_KIND_DOCKER;

    if (job->n_outputs == 0)
        cmd__say("%s is built; the result stays in the daemon's cache (-o DIR "
                 "writes it to a folder)",
                 job->name);
    for (size_t i = 0; i < job->n_outputs; i++) {
        const cmd__output *o = &job->outputs[i];
        const char *name = name_attr(o);
        if (o->dest)
            cmd__say("wrote %s", o->dest);
        else if (o->kind == CMD__DEST_NONE)
            cmd__say("%s %s",
                     o->push  ? "pushed"
                     : engine ? "loaded"
                              : "stored",
                     name ? name : "an image without a name");
    }
}

static int show_failure(cmd__solve *s, const llb_error *err,
                        bk_failure *failure, bool was_shown)
{
    int rc = cmd__exit_code(err->status);

    if (was_shown)
        cmd__error("the build failed");
    else if (failure)
        cmd__failure_show(failure, s->daemon.kind);
    else if (err->status == LLB_ECANCELED)
        cmd__error("cancelled");
    else
        cmd__fail(err);
    if (s->n_failed++ > 0) {
        bk_failure_free(failure); /* the first one is kept for the end */
        return rc;
    }
    s->err = *err;
    s->failure = failure;
    return rc;
}

int cmd__solve_run(cmd__solve *s, const cmd__job *job, bool is_one)
{
    bk_solve_opts o;
    bk_result *result = NULL;
    bk_failure *failure = NULL;
    cmd__shell shell = {0};
    llb_error err = {0};

    if (cmd__solve_make_opts(s, job, &o) != LLB_OK)
        return cmd__solve_fail(s);
    if (s->shell)
        cmd__shell_begin(&shell, s, s->shell, &o);
    cmd__progress_cancel(s->progress, s->cancel);
    cmd__interrupt_cancels(s->cancel, !cmd__progress_takes_lines(s->progress));
    llb_status st = job->refs ? bk_solve_refs(s->daemon.client, job->refs, &o,
                                              &result, &failure, &err)
                              : bk_solve(s->daemon.client, job->def, &o,
                                         &result, &failure, &err);
    if (!shell.opened)
        cmd__progress_end(s->progress);
    if (s->shell)
        cmd__shell_end(&shell);
    if (st != LLB_OK)
        return show_failure(s, &err, failure, shell.opened);
    keep_metadata(s, job, result, is_one);
    if (!is_silent(s))
        say_outputs(s, job);
    bk_result_free(result);
    return CMD__DONE;
}

/* ---- the end ---- */

static int write_files(cmd__solve *s)
{
    if (s->o->metadata_file &&
        cmd__metadata_write(s->o->metadata_file, s->metadata, &s->err) !=
            LLB_OK)
        return cmd__solve_fail(s);
    if (!s->o->iidfile)
        return CMD__DONE;
    if (!*s->iid) {
        llb__fail(&s->err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                  "--iidfile: the daemon named no image config");
        return cmd__solve_fail(s);
    }
    if (llb__file_write_all(s->o->iidfile, s->iid, strlen(s->iid), 0666,
                            &s->err) != LLB_OK)
        return cmd__solve_fail(s);
    return CMD__DONE;
}

/* The last line of --progress json. */
static void say_end(cmd__solve *s, int rc, json_t *extra)
{
    json_t *o = NULL;

    if (rc == CMD__DONE) {
        o = json_pack("{s:O}", "result", s->metadata);
    } else {
        if (s->err.status == LLB_OK)
            llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE, "%s",
                      "it does not compile");
        o = cmd__error_json(&s->err, s->failure, rc);
        if (extra)
            json_object_set(json_object_get(o, "error"), "diagnostics", extra);
    }
    cmd__progress_object(s->progress, o);
}

int cmd__solve_end(cmd__solve *s, int rc, json_t *extra)
{
    if (rc == CMD__DONE)
        rc = write_files(s);
    int signal = cmd__interrupt_end();
    if (signal && rc == CMD__INTERRUPTED)
        rc = 128 + signal; /* 130 for SIGINT, and what shells expect */
    if (s->progress)
        say_end(s, rc, extra);
    json_decref(extra);
    json_decref(s->metadata);
    bk_failure_free(s->failure);
    cmd__daemon_close(&s->daemon);
    cmd__progress_free(s->progress);
    bk_cancel_free(s->cancel);
    return rc;
}

/* What a definition asks for, held against what was given, while nothing has
 * been sent yet: the daemon would say it late, and without the way out. */
#include "solve.h"

#include <string.h>

#include "error.h"
#include "report.h"
#include "suggest.h"

/* "FILE:LINE: " of the first place of an op, or "". */
static const char *place_of(cmd__solve *s, const llb_def *def, size_t op)
{
    llb_def_place place;
    const char *text = NULL;

    if (llb_def_op_places(def, op, &place, 1) > 0 && place.start_line > 0) {
        llb_def_info info = llb_def_info_at(def, place.info);
        text = llb__arena_printf(s->a, "%.*s:%d: ", (int)info.filename_len,
                                 info.filename, (int)place.start_line);
    }
    return text ? text : "";
}

static bool has_secret(const cmd__solve *s, const llb_def_need *need)
{
    for (size_t i = 0; i < s->n_secrets; i++)
        if (strlen(s->secrets[i].id) == need->name_len &&
            memcmp(s->secrets[i].id, need->name, need->name_len) == 0)
            return true;
    return false;
}

static bool is_allowed(const cmd__solve *s, const char *name)
{
    for (size_t i = 0; i < s->n_allow; i++)
        if (strcmp(s->allow[i], name) == 0)
            return true;
    return false;
}

static bool has_local(const bk_local *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

/* A name that is there and near, as "; did you mean ...". */
static const char *near_secret(cmd__solve *s, const llb_def_need *need)
{
    cmd__nearest near = cmd__nearest_to(need->name, need->name_len);
    const char *text = NULL;

    for (size_t i = 0; i < s->n_secrets; i++)
        cmd__nearest_offer(&near, s->secrets[i].id);
    if (near.best)
        text = llb__arena_printf(s->a, "; \"%s\" was", near.best);
    return text ? text : "";
}

static bool has_ssh(const cmd__solve *s, const llb_def_need *need)
{
    for (size_t i = 0; i < s->n_ssh; i++)
        if (strlen(s->ssh[i].id) == need->name_len &&
            memcmp(s->ssh[i].id, need->name, need->name_len) == 0)
            return true;
    return false;
}

/* There are few agents: the one that was given is the one that is meant. */
static const char *given_ssh(cmd__solve *s)
{
    const char *text = NULL;

    if (s->n_ssh == 1)
        text = llb__arena_printf(s->a, "; \"%s\" was", s->ssh[0].id);
    return text ? text : "";
}

static llb_status check_need(cmd__solve *s, const cmd__job *job,
                             const llb_def *def, const llb_def_need *need)
{
    const char *at = place_of(s, def, need->op);
    llb_error *err = &s->err;

    switch (need->kind) {
    case LLB_NEED_LOCAL:
        if (has_local(job->locals, job->n_locals, need->name))
            return LLB_OK;
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%sthe folder \"%s\" is not given; say --local "
                         "%s=PATH",
                         at, need->name, need->name);
    case LLB_NEED_SECRET:
        if (need->optional || has_secret(s, need))
            return LLB_OK;
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%sthe secret \"%s\" was not given%s; say --secret "
                         "id=%s,src=FILE",
                         at, need->name, near_secret(s, need), need->name);
    case LLB_NEED_SSH:
        if (need->optional || has_ssh(s, need))
            return LLB_OK;
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%sthe ssh agent \"%s\" was not given%s; say --ssh %s",
                         at, need->name, given_ssh(s), need->name);
    case LLB_NEED_OCI_STORE:
        if (has_local(job->stores, job->n_stores, need->name))
            return LLB_OK;
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%sthe image layout \"%s\" is not given; say "
                         "--oci-layout %s=PATH",
                         at, need->name, need->name);
    case LLB_NEED_ENTITLEMENT:
        if (is_allowed(s, need->name))
            return LLB_OK;
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%sa step asks for %s; allow it with --allow %s", at,
                         need->name, need->name);
    case LLB_NEED_REGISTRY:
    case LLB_NEED_CAP:
        return LLB_OK; /* the daemon's to judge */
    }
    return LLB_OK;
}

/* What was given, and some definition of the job asks for. */
struct used {
    bool *secrets, *ssh;
};

static void mark_used(const cmd__solve *s, const llb_def_needs *needs,
                      struct used *used)
{
    for (size_t i = 0; i < s->n_secrets; i++)
        used->secrets[i] =
            used->secrets[i] ||
            llb_def_needs_find(needs, LLB_NEED_SECRET, s->secrets[i].id,
                               strlen(s->secrets[i].id));
    for (size_t i = 0; i < s->n_ssh; i++)
        used->ssh[i] = used->ssh[i] ||
                       llb_def_needs_find(needs, LLB_NEED_SSH, s->ssh[i].id,
                                          strlen(s->ssh[i].id));
}

static llb_status check_def(cmd__solve *s, const cmd__job *job,
                            const llb_def *def, struct used *used)
{
    llb_def_needs *needs;
    llb_status st = llb_def_needs_of(def, &needs, &s->err);

    if (st != LLB_OK)
        return st;
    for (size_t i = 0; i < needs->n && st == LLB_OK; i++)
        st = check_need(s, job, def, &needs->list[i]);
    mark_used(s, needs, used);
    llb_def_needs_free(needs);
    return st;
}

static void warn_of_unused(const cmd__solve *s, const struct used *used)
{
    for (size_t i = 0; i < s->n_secrets; i++)
        if (!used->secrets[i])
            cmd__warn("no step asks for the secret \"%s\"", s->secrets[i].id);
    for (size_t i = 0; i < s->n_ssh; i++)
        if (!used->ssh[i])
            cmd__warn("no step asks for the ssh agent \"%s\"", s->ssh[i].id);
}

/* Every definition of the job; what a frontend will ask for is not known. */
static int check_needs(cmd__solve *s, const cmd__job *job)
{
    struct used used = {
        llb__arena_array(s->a, s->n_secrets + 1, sizeof(bool)),
        llb__arena_array(s->a, s->n_ssh + 1, sizeof(bool)),
    };
    llb_status st =
        used.secrets && used.ssh ? LLB_OK : llb__fail_nomem(&s->err);

    if (st == LLB_OK && job->def)
        st = check_def(s, job, job->def, &used);
    for (size_t i = 0; job->refs && i < job->refs->n && st == LLB_OK; i++)
        st = check_def(s, job, job->refs->list[i].def, &used);
    if (st == LLB_OK && !job->frontend)
        warn_of_unused(s, &used);
    if (st == LLB_ENOENT)
        return cmd__solve_usage(s); /* the command line lacks a folder */
    return st == LLB_OK ? CMD__DONE : cmd__solve_fail(s);
}

static int check_size(cmd__solve *s, const llb_def *def)
{
    size_t len;

    llb_def_bytes(def, &len);
    if (len <= LLB_DEF_MAX_SEND)
        return CMD__DONE;
    llb__fail(&s->err, LLB_ELIMIT, LLB__NOWHERE,
              "the definition has %zu bytes, and a request to a daemon ends "
              "at 16 MiB; nothing was sent",
              len);
    return cmd__solve_fail(s);
}

static bool makes_image(const cmd__output *o)
{
    return strcmp(o->type, "local") != 0 && strcmp(o->type, "tar") != 0;
}

int cmd__solve_check(cmd__solve *s, const cmd__job *job)
{
    bool usage, any_image = false;
    size_t n_stdout = 0;

    for (size_t i = 0; i < job->n_outputs; i++) {
        const cmd__output *o = &job->outputs[i];
        if (cmd__output_check(o, &usage, &s->err) != LLB_OK)
            return usage ? cmd__solve_usage(s) : cmd__solve_fail(s);
        n_stdout += o->kind == CMD__DEST_STDOUT;
        any_image = any_image || makes_image(o);
    }
    if (n_stdout > 1 || (n_stdout && cmd__progress_is_json(s->progress))) {
        llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                  "standard output takes one stream: %s",
                  n_stdout > 1 ? "two outputs go there"
                               : "--progress json and an output go there");
        return cmd__solve_usage(s);
    }
    if (s->o->iidfile && !any_image) {
        llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                  "--iidfile needs an output that is an image, such as -o "
                  "type=oci,dest=FILE");
        return cmd__solve_usage(s);
    }
    int rc = job->def ? check_size(s, job->def) : CMD__DONE;
    for (size_t i = 0; job->refs && i < job->refs->n && rc == CMD__DONE; i++)
        rc = check_size(s, job->refs->list[i].def);
    return rc == CMD__DONE ? check_needs(s, job) : rc;
}

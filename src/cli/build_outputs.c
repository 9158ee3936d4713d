/* Where the results of llb build go, and what needs a yes before it does. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "report.h"

/* Asks on the terminal; without one the answer is no. */
static bool agrees(const char *question)
{
    char answer[8] = "";

    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    dprintf(STDERR_FILENO, "%s [y/N] ", question);
    return fgets(answer, sizeof(answer), stdin) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

/* What leaves the project only because its file says so needs a yes. */
static int consent(cmd__build *b, const cmd__output *o, const llbc_export *e)
{
    const char *question = NULL;

    b->outside = b->outside || e->outside_root;
    if (b->o->push || (!o->push && !e->outside_root))
        return CMD__DONE;
    const char *at = cmd__project_place(&b->p, b->a, e->at);
    question =
        o->push
            ? llb__arena_printf(b->a, "%sthe file wants to push an image", at)
            : llb__arena_printf(b->a,
                                "%sthe file wants to write %s, "
                                "outside its folder",
                                at, e->dest);
    if (!question) {
        llb__fail_nomem(&b->s.err);
        return cmd__solve_fail(&b->s);
    }
    if (agrees(question))
        return CMD__DONE;
    llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
              "%s; say --push to allow it, or -o to put the result elsewhere",
              question);
    return cmd__solve_usage(&b->s);
}

/* The exports of the file, as if -o had said them. */
static int file_outputs(cmd__build *b, const llbc_result *r, cmd__job *job)
{
    size_t n = llbc_result_n_exports(r);
    cmd__output *list = llb__arena_array(b->a, n + 1, sizeof(*list));

    for (size_t i = 0; list && i < n; i++) {
        const llbc_export *e = llbc_result_export(r, i);
        const char *at = cmd__project_place(&b->p, b->a, e->at);
        cmd__attr *attrs =
            llb__arena_array(b->a, e->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            break;
        for (size_t j = 0; j < e->n_attrs; j++)
            attrs[j] = (cmd__attr){e->attrs[j].key, e->attrs[j].value};
        if (cmd__output_make(b->a, e->type, e->type, e->dest, attrs, e->n_attrs,
                             &list[i], &b->s.err) != LLB_OK) {
            cmd__error("%s%s", at, b->s.err.message);
            return CMD__FAILED;
        }
        int rc = consent(b, &list[i], e);
        if (rc != CMD__DONE)
            return rc;
    }
    job->outputs = list;
    job->n_outputs = n;
    if (list)
        return CMD__DONE;
    llb__fail_nomem(&b->s.err);
    return cmd__solve_fail(&b->s);
}

/* --push: every image output of the job is pushed. */
static int push_outputs(cmd__build *b, cmd__job *job)
{
    cmd__output *list =
        llb__arena_array(b->a, job->n_outputs + 1, sizeof(*list));
    size_t n_images = 0;

    for (size_t i = 0; list && i < job->n_outputs; i++) {
        const cmd__output *o = &job->outputs[i];
        list[i] = *o;
        if (strcmp(o->type, "image") != 0)
            continue;
        n_images++;
        if (o->push)
            continue;
        /* the last one of a key counts, so push=false gives way */
        cmd__attr *attrs =
            llb__arena_array(b->a, o->n_attrs + 1, sizeof(*attrs));
        if (!attrs)
            break;
        size_t n = 0;
        for (size_t j = 0; j < o->n_attrs; j++)
            if (strcmp(o->attrs[j].key, "push") != 0)
                attrs[n++] = o->attrs[j];
        attrs[n++] = (cmd__attr){"push", "true"};
        if (cmd__output_make(b->a, "--push", "image", NULL, attrs, n, &list[i],
                             &b->s.err) != LLB_OK)
            return cmd__solve_usage(&b->s);
    }
    if (n_images == 0 && !b->outside) {
        llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
                  "--push: %s exports no image; say -o type=image,name=NAME",
                  job->name);
        return cmd__solve_usage(&b->s);
    }
    job->outputs = list;
    return CMD__DONE;
}

int cmd__build_outputs(cmd__build *b, const llbc_result *r, cmd__job *job)
{
    int rc = CMD__DONE;

    if (b->o->no_outputs)
        return rc;
    job->outputs = b->s.outputs;
    job->n_outputs = b->s.n_outputs;
    if (b->s.n_outputs == 0 && r)
        rc = file_outputs(b, r, job);
    if (rc == CMD__DONE && b->o->push)
        rc = push_outputs(b, job);
    return rc;
}

int cmd__build_check_outputs(cmd__build *b)
{
    for (size_t i = 0; i < b->s.n_outputs && b->p.n_targets > 1; i++)
        if (b->s.outputs[i].kind != CMD__DEST_NONE) {
            llb__fail(&b->s.err, LLB_EINVAL, LLB__NOWHERE,
                      "-o takes the result of one target, and %zu are "
                      "built; build them one by one, or let each export",
                      b->p.n_targets);
            return cmd__solve_usage(&b->s);
        }
    return CMD__DONE;
}

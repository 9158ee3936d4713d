/* llb check: what is wrong with a build file, without a daemon. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "project.h"
#include "report.h"

enum format { TEXT, JSON, SARIF };

static const char *const formats[] = {"text", "json", "sarif", NULL};

struct opts {
    cmd__file_opts file;
    cmd__list allow;
    unsigned format;
    bool strict;
};

/* All targets, or those of the operands. */
static int check_targets(cmd__project *p, cmd__resolver *asks,
                         const cmd__args *args, llb_error *err)
{
    llbc_resolver resolver = cmd__resolver_of(asks);
    llbc_compile_opts o = LLBC_COMPILE_OPTS_INIT;
    char machine[64];

    if (args->n_operands) {
        int rc = cmd__project_select(p, args->operands, args->n_operands, err);
        if (rc != CMD__DONE)
            return rc;
    }
    llbc_machine_platform(machine);
    o.build_platform = machine;
    if (p->lock && llbc_lock_build_platform(p->lock))
        o.build_platform = llbc_lock_build_platform(p->lock);
    o.resolver = &resolver;
    llb_status st = cmd__project_try(p, &o, err);
    if (st == LLB_EINVAL)
        return cmd__usage("check", "%s", err->message);
    return st == LLB_OK ? CMD__DONE : cmd__fail(err);
}

/* Machine formats say everything on standard output, nothing wrong included. */
static int print(const cmd__project *p, unsigned format)
{
    char *text = NULL;
    size_t len;
    llb_status st = format == JSON ? llbc_diags_json(p->diags, &text, &len)
                                   : llbc_diags_sarif(p->diags, &text, &len);

    if (st != LLB_OK) {
        cmd__error("out of memory");
        return CMD__FAILED;
    }
    llb__buf out = LLB__BUF_INIT;
    llb__buf_adds(&out, text);
    llb__buf_addc(&out, '\n');
    free(text);
    int rc = out.failed ? CMD__FAILED : cmd__print(out.data, out.len);
    llb__buf_clear(&out);
    return rc;
}

static int judge(const cmd__project *p, const struct opts *o)
{
    size_t errors = llbc_diags_n_errors(p->diags);
    size_t warnings = llbc_diags_n_warnings(p->diags);

    return errors || (o->strict && warnings) ? CMD__FAILED : CMD__DONE;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    cmd__file_opts file = o->file;
    cmd__resolver asks = {.offline = true};
    cmd__project p = {0};
    llb_error err = {0};

    file.allow = &o->allow;
    file.only_fs = true;
    file.resolver = &asks;
    file.lint = true;
    file.quiet = o->format != TEXT;
    int rc = cmd__project_open(&p, "check", &file, &err);
    if (rc == CMD__DONE) {
        /* nobody expects a check to know images */
        llbc_diags_silence(p.diags, "W0408");
        rc = check_targets(&p, &asks, args, &err);
    }
    bool told = p.project != NULL && rc == CMD__DONE;
    if (told && !file.quiet)
        cmd__project_show(&p);
    if (p.diags && file.quiet && (told || llbc_diags_n_errors(p.diags)))
        rc = print(&p, o->format);
    if (rc == CMD__DONE)
        rc = judge(&p, o);
    cmd__project_close(&p);
    return rc;
}

static const cmd__option options[] = {
    CMD__FILE_OPTIONS(struct opts, file),
    CMD__ALLOW_FS(struct opts, allow),
    {.name = "format",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, format),
     .value = "WORD",
     .choices = formats,
     .help = "text for people, json for programs, or sarif for services that "
             "show results beside lines (text)"},
    {.name = "strict",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, strict),
     .help = "exit with 1 for warnings, too"},
};

const cmd__command cmd_check = {
    .name = "check",
    .operands = "[TARGET...]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "say what is wrong with a build file",
    .about =
        "Compiles targets of a build file, all of them unless some are named, "
        "for each of their platforms, and says what is wrong: errors, and "
        "what compiles but is most often a mistake, such as unused names, "
        "secrets that end up in the image or arguments that the shell takes "
        "apart. No daemon is asked. A comment `# llb: allow(W0410)` on the "
        "line or above it silences a warning.",
    .examples = "    llb check\n"
                "    llb check --strict --format sarif >llb.sarif\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};

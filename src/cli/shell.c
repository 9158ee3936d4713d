/* Shells in containers of a build. */
#include "shell.h"

#include <string.h>

#include "error.h"
#include "failure.h"
#include "report.h"
#include "terminal.h"

int cmd__shell_check(cmd__solve *s, const char *what)
{
    if (!cmd__terminal_is_there()) {
        llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                  "%s needs a terminal on standard input and output", what);
        return cmd__solve_usage(s);
    }
    if (cmd__progress_is_json(s->progress)) {
        llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                  "%s and --progress json both want standard output", what);
        return cmd__solve_usage(s);
    }
    return CMD__DONE;
}

void cmd__shell_begin(cmd__shell *sh, cmd__solve *s, const char *program,
                      bk_solve_opts *o)
{
    *sh = (cmd__shell){.s = s, .program = program};
    cmd__gate_init(&sh->gate, o->progress);
    o->progress = &sh->gate.events;
    o->failed = cmd__shell_failed;
    o->failed_ctx = sh;
}

void cmd__shell_end(cmd__shell *sh) { cmd__gate_clear(&sh->gate); }

static int say_why(const llb_error *err)
{
    if (err->status == LLB_ENOENT)
        cmd__error("no shell: %s; llb debug --shell PROGRAM runs another one",
                   err->message);
    else if (err->status == LLB_ECANCELED)
        cmd__error("cancelled");
    else
        cmd__error("no shell: %s", err->message);
    if (strstr(err->message, "network bridge not found"))
        cmd__say("help: this engine was started without a bridge; --allow "
                 "network.host gives the shell the host's network");
    return cmd__exit_code(err->status);
}

int cmd__shell_run(cmd__shell *sh, bk_container *c, const bk_process_opts *opts)
{
    const char *args[] = {sh->program};
    bk_process_opts o = *opts;
    llb_error err = {0};
    bool left;

    o.args = args;
    o.n_args = 1;
    llb_status st = cmd__terminal_run(c, o, &sh->code, &left, &err);
    if (st != LLB_OK)
        return say_why(&err);
    sh->ran = true;
    if (left)
        cmd__say("left");
    return CMD__DONE;
}

void cmd__shell_failed(void *ctx, bk_build *b, const bk_failure *f)
{
    cmd__shell *sh = ctx;
    bk_process_opts o = BK_PROCESS_OPTS_INIT;
    bk_container *c;
    llb_error err = {0};

    if (sh->opened)
        return; /* one is enough: the build has failed */
    cmd__gate_close(&sh->gate);
    cmd__progress_end(sh->s->progress);
    cmd__failure_show(f, sh->s->daemon.kind);
    sh->opened = true;
    if (bk_container_of_failure(b, f, &c, &err) != LLB_OK) {
        cmd__error("no shell: %s", err.message);
        return;
    }
    cmd__shell_run(sh, c, &o);
    bk_container_free(c);
}

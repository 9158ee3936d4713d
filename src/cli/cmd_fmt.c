/* llb fmt: one layout for every build file. */
#include "commands.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <llb/format.h>

#include "error.h"
#include "file.h"
#include "bounds.h"
#include "project.h"
#include "report.h"

struct opts {
    bool check, diff;
};

extern char **environ;

static void show_diags(const llbc_diags *d)
{
    char *text;
    size_t len;

    if (llbc_diags_render(d, LLBC_RENDER_PLAIN, &text, &len) != LLB_OK)
        return;
    (void)llb__write_full(STDERR_FILENO, text, len);
    free(text);
}

/* Formats text into *ret_new; what is wrong has been said. */
static int format(const char *name, const char *text, size_t len,
                  char **ret_new, size_t *ret_len)
{
    llbc_diags *d = llbc_diags_new();
    llb_error err = {0};
    llb_status st = LLB_ENOMEM;

    if (d)
        st = llbc_format(name, text, len, ret_new, ret_len, d);
    if (d && st == LLB_EINVAL)
        show_diags(d);
    if (st != LLB_OK && st != LLB_EINVAL) {
        llb__fail(&err, st, LLB__NOWHERE, "%s: %s", name,
                  st == LLB_ELIMIT ? "it is too large" : "out of memory");
        cmd__fail(&err);
    }
    llbc_diags_free(d);
    return st == LLB_OK ? CMD__DONE : CMD__FAILED;
}

/* Replaces the file that path leads to, its mode kept. */
static int replace(const char *path, const char *text, size_t len)
{
    char *real = realpath(path, NULL);
    struct stat st;
    llb_error err = {0};

    if (!real || stat(real, &st) < 0) {
        free(real);
        cmd__error("cannot find %s any more", path);
        return CMD__FAILED;
    }
    llb_status status =
        llb__file_write_all(real, text, len, st.st_mode & 07777, &err);
    free(real);
    return status == LLB_OK ? CMD__DONE : cmd__fail(&err);
}

/* A file without a name that holds the text, for a child to open; -1: see
 * errno. */
static int text_file(const char *text, size_t len)
{
    int fd = memfd_create("llb", 0);

    if (fd >= 0 && !llb__write_full(fd, text, len)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Has diff(1) show what would change: every Debian has it, and people know how
 * to read it. */
static int show_diff(const char *name, const char *old, size_t old_len,
                     const char *new, size_t new_len)
{
    int fds[2] = {text_file(old, old_len), text_file(new, new_len)};
    char paths[2][32];
    int status = -1, failed = 0;
    pid_t pid;

    for (int i = 0; i < 2; i++)
        snprintf(paths[i], sizeof(paths[i]), "/dev/fd/%d", fds[i]);
    char *argv[] = {"diff",       "-u",     "--label", (char *)name, "--label",
                    (char *)name, paths[0], paths[1],  NULL};
    if (fds[0] >= 0 && fds[1] >= 0)
        failed = posix_spawnp(&pid, "diff", NULL, NULL, argv, environ);
    else
        failed = errno;
    while (!failed && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    if (failed)
        cmd__error("cannot run diff: %s", strerror(failed));
    return CMD__FAILED;
}

static int format_file(const struct opts *o, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    char *text, *new;
    size_t len, new_len;
    llb_error err = {0};

    if (llb__file_read(path, LLB__MAX_SOURCE_FILE, &text, &len, &err) != LLB_OK)
        return cmd__fail(&err);
    int rc =
        format(is_stdin ? "standard input" : path, text, len, &new, &new_len);
    if (rc != CMD__DONE) {
        free(text);
        return rc;
    }
    bool same = len == new_len && memcmp(text, new, len) == 0;
    if (o->diff && !same) {
        rc = show_diff(is_stdin ? "standard input" : path, text, len, new,
                       new_len);
    } else if (o->check && !same) {
        cmd__say("%s is not formatted", is_stdin ? "standard input" : path);
        rc = CMD__FAILED;
    } else if (!o->check && !o->diff && is_stdin) {
        rc = cmd__print(new, new_len);
    } else if (!o->check && !same) {
        rc = replace(path, new, new_len);
    }
    free(new);
    free(text);
    return rc;
}

static int run(const cmd__args *args)
{
    int rc = CMD__DONE;

    if (args->n_operands == 0)
        return format_file(args->opts, CMD__DEFAULT_FILE);
    for (size_t i = 0; i < args->n_operands; i++) {
        int one = format_file(args->opts, args->operands[i]);
        if (rc == CMD__DONE)
            rc = one;
    }
    return rc;
}

static const cmd__option options[] = {
    {.name = "check",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, check),
     .help = "write nothing; name the files that are not formatted, and exit "
             "with 1 if there are any"},
    {.name = "diff",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, diff),
     .help = "write nothing; show what would change, and exit with 1 if "
             "anything would"},
};

const cmd__command cmd_fmt = {
    .name = "fmt",
    .operands = "[FILE...]",
    .max_operands = CMD__ANY_NUMBER,
    .summary = "lay build files out anew",
    .about = "Rewrites build files (" CMD__DEFAULT_FILE " unless named) in "
             "the one layout that the language has. Comments and meaning "
             "stay. A file with syntax errors is left as it is. - formats "
             "standard input to standard output.",
    .examples = "    llb fmt\n"
                "    llb fmt --diff\n"
                "    llb fmt --check *.llb\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};

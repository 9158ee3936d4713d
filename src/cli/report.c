/* One way to speak on stderr. A line is written by one write(), so that lines
 * of threads and of other programs do not mix. */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "file.h"

static void add_lines(llb__buf *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        cmd__escape(out, text, len);
        text += len;
        if (*text)
            llb__buf_addc(out, *text++);
    }
    llb__buf_addc(out, '\n');
}

__attribute__((format(printf, 2, 0))) static void
say(const char *word, const char *fmt, va_list ap)
{
    char *text = NULL;
    llb__buf out = LLB__BUF_INIT;

    llb__buf_adds(&out, word);
    if (vasprintf(&text, fmt, ap) < 0)
        text = NULL; /* undefined after a failure */
    add_lines(&out, text ? text : "out of memory");
    if (!out.failed)
        (void)llb__write_full(STDERR_FILENO, out.data, out.len);
    llb__buf_clear(&out);
    free(text);
}

void cmd__error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("error: ", fmt, ap);
    va_end(ap);
}

void cmd__warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("warning: ", fmt, ap);
    va_end(ap);
}

void cmd__say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("", fmt, ap);
    va_end(ap);
}

int cmd__exit_code(llb_status status)
{
    switch (status) {
    case LLB_OK:
        return CMD__DONE;
    case LLB_EUNAVAILABLE:
        return CMD__NO_DAEMON;
    case LLB_ECANCELED:
        return CMD__INTERRUPTED;
    case LLB_ENOMEM:
    case LLB_EINVAL:
    case LLB_ELIMIT:
    case LLB_ENOENT:
    case LLB_EIO:
    case LLB_EBUSY:
    case LLB_EUNSUPPORTED:
    case LLB_EBUILD:
        return CMD__FAILED;
    }
    return CMD__FAILED;
}

int cmd__fail(const llb_error *err)
{
    cmd__error("%s", err->message);
    return cmd__exit_code(err->status);
}

int cmd__usage(const char *command, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("error: ", fmt, ap);
    va_end(ap);
    if (command)
        cmd__say("see llb %s --help", command);
    else
        cmd__say("see llb --help");
    return CMD__USAGE;
}

int cmd__print(const char *text, size_t len)
{
    if (llb__write_full(STDOUT_FILENO, text, len))
        return CMD__DONE;
    if (errno != EPIPE)
        cmd__error("cannot write to standard output: %s", strerror(errno));
    return CMD__FAILED;
}

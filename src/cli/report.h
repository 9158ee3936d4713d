/* What the command says to people, all of it on stderr, and how it ends. */
#ifndef LLB__CLI_REPORT_H
#define LLB__CLI_REPORT_H

#include <stddef.h>

#include <llb/error.h>

/* Exit codes; part of the command's interface. */
enum {
    CMD__DONE = 0,
    CMD__FAILED = 1,    /* build, compile or check; a wrong input file */
    CMD__USAGE = 2,     /* options, and what they name */
    CMD__NO_DAEMON = 3, /* none found, or it was lost */
    CMD__INTERRUPTED = 130,
};

/* One line "error: ...", "warning: ..." or without a word in front. Control
 * characters are escaped; newlines in the text start new lines. */
void cmd__error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cmd__warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cmd__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* cmd__error() of the message, and the exit code that its status means. */
int cmd__fail(const llb_error *err);
int cmd__exit_code(llb_status status);

/* cmd__error() for a wrong call of the command, with the way to its help.
 * CMD__USAGE. */
int cmd__usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes text to stdout, at once. A reader that has gone is CMD__FAILED,
 * without a word; another failure is reported. */
int cmd__print(const char *text, size_t len);

#endif

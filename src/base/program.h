/* Starting other programs, and the end of what they say. */
#ifndef LLB__BASE_PROGRAM_H
#define LLB__BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Starts argv (borrowed, NULL behind the last; found on PATH) with fds as its
 * standard input, output and error, and with signals as in a program that a
 * shell starts. It leads a session, so that kill(-*ret, ...) meets its
 * children too and none of them waits for a terminal. 0, or an errno. */
int llb__spawn(const char *const *argv, const int fds[3], pid_t *ret);

/* The end of a program's standard error: programs say last what matters.
 * Start from {0}. */
typedef struct llb__said {
    char text[300]; /* as it came, no NUL behind it */
    size_t len;
    bool cut; /* there was more before it */
} llb__said;

void llb__said_add(llb__said *s, const char *text, size_t len);

/* As one line without what a terminal would obey, of which again the end is
 * kept where buf (size is 4 or more) is too small; then it starts with dots. */
void llb__said_line(const llb__said *s, char *buf, size_t size);

#endif

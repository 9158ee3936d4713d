/* The picture of a build, drawn again and again where it stands. */
#ifndef LLB__CLI_PROGRESS_TTY_H
#define LLB__CLI_PROGRESS_TTY_H

#include <llb/client.h>

typedef struct cmd__tty cmd__tty;

/* Draws on the terminal fd ten times a second, by a thread of its own, from
 * the first event on. NULL: no memory. */
cmd__tty *cmd__tty_new(int fd);
void cmd__tty_free(cmd__tty *t);

/* A handle (borrowed) whose being set is shown; NULL: none. */
void cmd__tty_cancel(cmd__tty *t, bk_cancel *cancel);

void cmd__tty_vertex(cmd__tty *t, const bk_vertex *v);
void cmd__tty_status(cmd__tty *t, const bk_vertex_status *s);
void cmd__tty_log(cmd__tty *t, const bk_vertex_log *l);
void cmd__tty_warning(cmd__tty *t, const bk_vertex_warning *w);
void cmd__tty_waiting(cmd__tty *t, const char *what, unsigned seconds);

/* Draws for the last time; what comes later begins a new picture. */
void cmd__tty_end(cmd__tty *t);

#endif

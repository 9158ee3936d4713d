/* The plain form: a numbered block of lines for each step. */
#ifndef LLB__CLI_PROGRESS_PLAIN_H
#define LLB__CLI_PROGRESS_PLAIN_H

#include <llb/client.h>

typedef struct cmd__plain cmd__plain;

/* Prints to fd. now_ms is a clock that only grows; tests bring their own. */
cmd__plain *cmd__plain_new(int fd, int64_t (*now_ms)(void));
void cmd__plain_free(cmd__plain *p);

/* The events; each prints what is due by now. */
void cmd__plain_vertex(cmd__plain *p, const bk_vertex *v);
void cmd__plain_status(cmd__plain *p, const bk_vertex_status *s);
void cmd__plain_log(cmd__plain *p, const bk_vertex_log *l);
void cmd__plain_warning(cmd__plain *p, const bk_vertex_warning *w);
void cmd__plain_waiting(cmd__plain *p, const char *what, unsigned seconds);

/* Nothing more will come: print what is left. */
void cmd__plain_end(cmd__plain *p);

#endif

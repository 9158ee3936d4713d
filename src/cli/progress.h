/* What a build shows of itself while it runs. */
#ifndef LLB__CLI_PROGRESS_H
#define LLB__CLI_PROGRESS_H

#include <jansson.h>

#include <llb/client.h>

/* In the order of the words of --progress. */
typedef enum cmd__progress_mode {
    CMD__PROGRESS_AUTO, /* the terminal's form on a terminal, else plain */
    CMD__PROGRESS_TTY,
    CMD__PROGRESS_PLAIN, /* lines for people, on stderr */
    CMD__PROGRESS_JSON,  /* an object a line, on stdout */
    CMD__PROGRESS_QUIET,
} cmd__progress_mode;

extern const char *const cmd__progress_words[];

typedef struct cmd__progress cmd__progress;

/* A display that writes to fd, which stays the caller's. NULL: no memory. */
cmd__progress *cmd__progress_new(cmd__progress_mode mode, int fd);

/* A handle (borrowed) whose being set the terminal's form shows; NULL: none. */
void cmd__progress_cancel(cmd__progress *p, bk_cancel *cancel);

/* The functions to give to a build; borrowed. */
const bk_progress *cmd__progress_events(cmd__progress *p);

/* Shows what was held back, once nothing more will come. */
void cmd__progress_end(cmd__progress *p);
void cmd__progress_free(cmd__progress *p);

/* One object on a line of its own, if the mode is JSON; o is taken. */
void cmd__progress_object(cmd__progress *p, json_t *o);
bool cmd__progress_is_json(const cmd__progress *p);

/* Whether lines for people may be written between those of the display. */
bool cmd__progress_takes_lines(const cmd__progress *p);

/* A JSON string of text that may hold any bytes; wrong ones are replaced. */
json_t *cmd__json_text(const char *text, size_t len);

#endif

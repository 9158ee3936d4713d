/* A line about what is being waited for, if it takes longer than a second. */
#ifndef LLB__CLI_NOTICE_H
#define LLB__CLI_NOTICE_H

#include <pthread.h>
#include <stdbool.h>

typedef struct cmd__notice {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool runs, over;
    const char *text;
} cmd__notice;

/* Says text (borrowed) after a second unless the end comes first. */
void cmd__notice_begin(cmd__notice *n, const char *text);
void cmd__notice_end(cmd__notice *n);

#endif

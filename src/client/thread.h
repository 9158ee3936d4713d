/* Threads of the library's own, beside the program's. */
#ifndef LLB__CLIENT_THREAD_H
#define LLB__CLIENT_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts a thread in which all signals are blocked: none of the program's
 * handlers runs there, and a broken pipe is an error like any other. */
bool bk__thread_start(pthread_t *ret, void *(*run)(void *), void *arg);

/* A condition whose waits can end at a time of bk__now_ms(). */
void bk__cond_init(pthread_cond_t *c);

/* Waits with lock held; false when deadline (by bk__now_ms) is over. */
bool bk__cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t deadline);

#endif

/* Threads of the library's own, beside the program's. */
#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

bool bk__thread_start(pthread_t *ret, void *(*run)(void *), void *arg)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool ok = pthread_create(ret, NULL, run, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return ok;
}

void bk__cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

bool bk__cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t deadline)
{
    struct timespec until = {deadline / 1000, deadline % 1000 * 1000000};

    return pthread_cond_timedwait(c, lock, &until) != ETIMEDOUT;
}

/* For calls that wait in place and tell nobody. */
#include "notice.h"

#include <errno.h>
#include <time.h>

#include "report.h"

static void *wait_a_second(void *arg)
{
    cmd__notice *n = arg;
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&n->lock);
    while (!n->over && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&n->ended, &n->lock, &until);
    if (!n->over)
        cmd__say("%s", n->text);
    pthread_mutex_unlock(&n->lock);
    return NULL;
}

void cmd__notice_begin(cmd__notice *n, const char *text)
{
    *n = (cmd__notice){.text = text};
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->ended, NULL);
    /* without a thread nothing is said, and nothing else is lost */
    n->runs = pthread_create(&n->thread, NULL, wait_a_second, n) == 0;
}

void cmd__notice_end(cmd__notice *n)
{
    pthread_mutex_lock(&n->lock);
    n->over = true;
    pthread_cond_signal(&n->ended);
    pthread_mutex_unlock(&n->lock);
    if (n->runs)
        pthread_join(n->thread, NULL);
    pthread_cond_destroy(&n->ended);
    pthread_mutex_destroy(&n->lock);
}

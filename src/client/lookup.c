/* getaddrinfo() asks name servers for as long as their configuration says,
 * and nothing stops it. So it runs in a thread of its own, which is left
 * alone when the time is over and then throws away what it finds. */
#include "lookup.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "thread.h"

/* Belongs to whoever is last: the thread when nobody waits any more. */
struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done, left;
    int failed;
    struct addrinfo *list;
    char *host, *port;
};

static const struct addrinfo stream = {.ai_socktype = SOCK_STREAM,
                                       .ai_flags = AI_NUMERICSERV};

static void lookup_free(struct lookup *l)
{
    pthread_cond_destroy(&l->ended);
    pthread_mutex_destroy(&l->lock);
    free(l->host);
    free(l->port);
    free(l);
}

static void *run(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo *list = NULL;
    int failed = getaddrinfo(l->host, l->port, &stream, &list);

    pthread_mutex_lock(&l->lock);
    bool left = l->left;
    l->done = true;
    l->failed = failed;
    l->list = list;
    pthread_cond_signal(&l->ended);
    pthread_mutex_unlock(&l->lock);
    if (left) {
        if (!failed)
            freeaddrinfo(list);
        lookup_free(l);
    }
    return NULL;
}

static struct lookup *lookup_new(const char *host, const char *port)
{
    struct lookup *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    pthread_mutex_init(&l->lock, NULL);
    bk__cond_init(&l->ended);
    l->host = strdup(host);
    l->port = strdup(port);
    if (l->host && l->port)
        return l;
    lookup_free(l);
    return NULL;
}

int bk__lookup(const char *host, const char *port, int64_t deadline,
               struct addrinfo **ret)
{
    struct addrinfo number = stream;
    pthread_t thread;

    number.ai_flags |= AI_NUMERICHOST;
    if (getaddrinfo(host, port, &number, ret) == 0)
        return 0; /* nobody needs to be asked */
    struct lookup *l = lookup_new(host, port);
    if (!l)
        return EAI_MEMORY;
    if (!bk__thread_start(&thread, run, l)) {
        lookup_free(l);
        return EAI_MEMORY;
    }
    pthread_detach(thread);
    pthread_mutex_lock(&l->lock);
    while (!l->done && bk__cond_wait(&l->ended, &l->lock, deadline))
        ;
    bool done = l->done;
    l->left = !done;
    int failed = l->failed;
    *ret = l->list;
    pthread_mutex_unlock(&l->lock);
    if (!done)
        return EAI_AGAIN;
    lookup_free(l);
    return failed;
}

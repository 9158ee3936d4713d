/* Cancel handles: a flag, and what is to be told when it is set. */
#include "cancel.h"

#include <pthread.h>
#include <stdlib.h>

struct bk_cancel {
    pthread_mutex_t lock;
    bool set;
    bk__watch *watches;
};

bk_cancel *bk_cancel_new(void)
{
    bk_cancel *c = calloc(1, sizeof *c);

    if (c)
        pthread_mutex_init(&c->lock, NULL);
    return c;
}

void bk_cancel_free(bk_cancel *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void bk_cancel_set(bk_cancel *c)
{
    pthread_mutex_lock(&c->lock);
    if (!c->set) {
        c->set = true;
        for (bk__watch *w = c->watches; w; w = w->next)
            w->fn(w->arg);
    }
    pthread_mutex_unlock(&c->lock);
}

bool bk_cancel_is_set(bk_cancel *c)
{
    pthread_mutex_lock(&c->lock);
    bool set = c->set;
    pthread_mutex_unlock(&c->lock);
    return set;
}

void bk__cancel_watch(bk_cancel *c, bk__watch *w)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    w->prev = NULL;
    w->next = c->watches;
    if (w->next)
        w->next->prev = w;
    c->watches = w;
    if (c->set)
        w->fn(w->arg);
    pthread_mutex_unlock(&c->lock);
}

void bk__cancel_unwatch(bk_cancel *c, bk__watch *w)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    if (w->prev)
        w->prev->next = w->next;
    else
        c->watches = w->next;
    if (w->next)
        w->next->prev = w->prev;
    pthread_mutex_unlock(&c->lock);
}

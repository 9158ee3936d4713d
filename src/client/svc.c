/* Statuses that services answer with. */
#include "svc.h"

#include "svc_failed.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"
#include "utf8.h"

enum { BEAT_MS = 100 };

bool bk__stream_wait(bk__stream *s, int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};

    while (poll(&p, 1, BEAT_MS) <= 0)
        if (s->ops->is_over(s))
            return false;
    return true;
}

bool bk__stream_send_data(bk__stream *s, llb__bytes data)
{
    uint8_t head[BK__DATA_HEAD_MAX];
    size_t n = data.len ? bk__field1_head(data.len, head) : 0;

    return s->ops->send(s, (llb__bytes[]){{head, n}, data}, 2);
}

bk__rpc_status bk__rpc_fail(int code, const char *fmt, ...)
{
    bk__rpc_status st = {.code = code};
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(st.message, sizeof st.message, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof st.message) {
        size_t len = llb__utf8_clip(st.message, sizeof st.message - 1);
        st.message[len] = '\0';
    }
    return st;
}

void bk__failed_init(bk__failed *f)
{
    *f = (bk__failed){.first = {.status = LLB_OK}};
    pthread_mutex_init(&f->lock, NULL);
}

void bk__failed_clear(bk__failed *f) { pthread_mutex_destroy(&f->lock); }

bk__rpc_status bk__failed_add(bk__failed *f, const llb_error *err)
{
    pthread_mutex_lock(&f->lock);
    if (f->first.status == LLB_OK)
        f->first = *err;
    pthread_mutex_unlock(&f->lock);
    return bk__rpc_fail(BK__RPC_UNKNOWN, "%s", err->message);
}

llb_status bk__failed_get(bk__failed *f, llb_error *err)
{
    pthread_mutex_lock(&f->lock);
    llb_status st = f->first.status;
    if (st != LLB_OK && err)
        *err = f->first;
    pthread_mutex_unlock(&f->lock);
    return st;
}

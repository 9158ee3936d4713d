/* Running another program. Its input goes through a socket, since a write to a
 * pipe that nobody reads would raise SIGPIPE in whoever uses the library. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "error.h"
#include "program.h"

enum { BEAT_MS = 100, IN = 0, OUT = 1, ERR = 2 };

struct run {
    struct run *next; /* of those that run */
    const llb__run_opts *o;
    llb__ran *ran;
    int fd[3]; /* our ends; -1 when there is no more to move */
    int theirs[3];
    int pidfd;
    pid_t pid;
    size_t in_done;
    llb__said said;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct run *running; /* by the lock; their pids are not reaped yet */

static void enlist(struct run *r)
{
    pthread_mutex_lock(&lock);
    r->next = running;
    running = r;
    pthread_mutex_unlock(&lock);
}

static void strike(struct run *r)
{
    pthread_mutex_lock(&lock);
    for (struct run **p = &running; *p; p = &(*p)->next) {
        if (*p != r)
            continue;
        *p = r->next;
        break;
    }
    pthread_mutex_unlock(&lock);
}

void llb__run_kill_all(void)
{
    pthread_mutex_lock(&lock);
    for (const struct run *r = running; r; r = r->next)
        kill(-r->pid, SIGKILL);
    pthread_mutex_unlock(&lock);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static llb_status fail_errno(llb_error *err, const char *what, int problem)
{
    return llb__fail(err, LLB_EIO, LLB__NOWHERE, "%s: %s", what,
                     strerror(problem));
}

static llb_status open_fds(struct run *r, llb_error *err)
{
    for (int i = 0; i < 3; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
            return fail_errno(err, "no socket", errno);
        r->fd[i] = pair[0];
        r->theirs[i] = pair[1];
        shutdown(pair[0], i == IN ? SHUT_RD : SHUT_WR);
        if (fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0)
            return fail_errno(err, "no socket", errno);
    }
    return LLB_OK;
}

static llb_status launch(struct run *r, llb_error *err)
{
    int failed = llb__spawn(r->o->argv, r->theirs, &r->pid);

    for (int i = 0; i < 3; i++)
        shut(&r->theirs[i]);
    if (failed == ENOENT)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "there is no program \"%.100s\" on PATH",
                         r->o->argv[0]);
    if (failed)
        return fail_errno(err, "it cannot be run", failed);
    enlist(r);
    r->pidfd = pidfd_open(r->pid, 0);
    return r->pidfd >= 0 ? LLB_OK : fail_errno(err, "no pidfd", errno);
}

static void move_in(struct run *r)
{
    size_t left = r->o->in.len - r->in_done;
    ssize_t n =
        left ? send(r->fd[IN], r->o->in.data + r->in_done, left, MSG_NOSIGNAL)
             : 0;

    if (n > 0)
        r->in_done += (size_t)n;
    if (r->in_done == r->o->in.len || (n < 0 && errno != EAGAIN))
        shut(&r->fd[IN]); /* one that reads no further is no error */
}

static llb_status move_out(struct run *r, llb_error *err)
{
    llb__ran *ran = r->ran;
    ssize_t n =
        read(r->fd[OUT], ran->out + ran->out_len, ran->out_max - ran->out_len);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(&r->fd[OUT]);
    if (n <= 0)
        return LLB_OK;
    ran->out_len += (size_t)n;
    if (ran->out_len < ran->out_max)
        return LLB_OK;
    return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                     "it said more than %zu bytes", r->o->max_out);
}

static void move_err(struct run *r)
{
    char buf[4096];
    ssize_t n = read(r->fd[ERR], buf, sizeof buf);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(&r->fd[ERR]);
    if (n > 0)
        llb__said_add(&r->said, buf, (size_t)n);
}

/* Moves what can be moved within wait_ms. */
static llb_status move(struct run *r, int wait_ms, bool *ret_exited,
                       llb_error *err)
{
    struct pollfd p[4] = {{.fd = r->fd[IN], .events = POLLOUT},
                          {.fd = r->fd[OUT], .events = POLLIN},
                          {.fd = r->fd[ERR], .events = POLLIN},
                          {.fd = r->pidfd, .events = POLLIN}};
    llb_status st = LLB_OK;

    if (poll(p, 4, wait_ms) < 0)
        return errno == EINTR ? LLB_OK : fail_errno(err, "poll", errno);
    if (p[IN].revents)
        move_in(r);
    if (p[OUT].revents)
        st = move_out(r, err);
    if (p[ERR].revents)
        move_err(r);
    /* Output of one that has exited may still be in the sockets. */
    *ret_exited = p[3].revents && !p[OUT].revents && !p[ERR].revents;
    return st;
}

static llb_status attend(struct run *r, llb_error *err)
{
    int64_t until = now_ms() + r->o->timeout_ms;
    bool exited = false;

    while (!exited) {
        llb_status st = move(r, BEAT_MS, &exited, err);
        if (st != LLB_OK)
            return st;
        if (!exited && r->o->is_over && r->o->is_over(r->o->arg))
            return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
        if (!exited && now_ms() >= until)
            return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                             "it has not ended within %d s",
                             r->o->timeout_ms / 1000);
    }
    return LLB_OK;
}

static void reap(struct run *r, bool finished)
{
    int status = 0;

    if (!finished)
        kill(-r->pid, SIGKILL);
    strike(r); /* from here on its pid may be another's */
    /* A program that ignores SIGCHLD has no status for us. */
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
        ;
    r->ran->code =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

llb_status llb__run(const llb__run_opts *o, llb__ran *ret, llb_error *err)
{
    llb__ran ran = {.out_max = o->max_out + 1};
    struct run r = {.o = o, .ran = &ran, .pidfd = -1, .pid = -1};

    for (int i = 0; i < 3; i++)
        r.fd[i] = r.theirs[i] = -1;
    ran.out = malloc(ran.out_max + 1);
    if (!ran.out)
        return llb__fail_nomem(err);
    llb_status st = open_fds(&r, err);
    if (st == LLB_OK)
        st = launch(&r, err);
    if (st == LLB_OK)
        st = attend(&r, err);
    if (r.pid > 0)
        reap(&r, st == LLB_OK);
    for (int i = 0; i < 3; i++) {
        shut(&r.fd[i]);
        shut(&r.theirs[i]);
    }
    shut(&r.pidfd);
    llb__said_line(&r.said, ran.said, sizeof ran.said);
    ran.out[ran.out_len] = '\0';
    if (st == LLB_OK)
        *ret = ran;
    else
        llb__ran_clear(&ran);
    return st;
}

void llb__ran_clear(llb__ran *r)
{
    if (r->out)
        explicit_bzero(r->out, r->out_max);
    free(r->out);
    *r = (llb__ran){0};
}

/* A thread of its own reads what the program says on standard error, of which
 * the end is kept, and waits for its exit. It alone reaps the program, under
 * the lock, so that a signal never meets a process of the same number. */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "connect.h"
#include "error.h"
#include "program.h"
#include "thread.h"

enum {
    EXIT_MS = 1000, /* what one whose output has ended gets to exit */
    TERM_MS = 3000  /* what it gets between TERM and KILL */
};

struct bk__child {
    char *name;
    pid_t pid;
    int pidfd, errors; /* the read end of its standard error */
    pthread_t thread;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t exited;
    bool is_over;
    int status;
    llb__said said;
};

/* Takes what there is; false when nothing more comes. */
static bool read_errors(bk__child *c)
{
    char buf[4096];
    ssize_t n = read(c->errors, buf, sizeof buf);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    pthread_mutex_lock(&c->lock);
    llb__said_add(&c->said, buf, (size_t)n);
    pthread_mutex_unlock(&c->lock);
    return true;
}

/* What it left in the pipe; children of its own may still write, so there is
 * a bound. */
static void read_rest(bk__child *c)
{
    struct pollfd p = {.fd = c->errors, .events = POLLIN};

    for (int i = 0; i < 64 && poll(&p, 1, 0) > 0; i++) {
        if (!read_errors(c))
            return;
    }
}

static void *watch(void *arg)
{
    bk__child *c = arg;
    bool errors = true;

    for (;;) {
        struct pollfd p[2] = {
            {.fd = c->pidfd, .events = POLLIN},
            {.fd = errors ? c->errors : -1, .events = POLLIN}};
        if (poll(p, 2, -1) < 0)
            continue;
        if (p[0].revents)
            break;
        if (p[1].revents)
            errors = read_errors(c);
    }
    read_rest(c);
    pthread_mutex_lock(&c->lock);
    /* A program that ignores SIGCHLD has no status for us. */
    if (waitpid(c->pid, &c->status, 0) < 0)
        c->status = 0;
    c->is_over = true;
    pthread_cond_broadcast(&c->exited);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static bk__child *child_new(const char *name)
{
    bk__child *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->pidfd = c->errors = -1;
    pthread_mutex_init(&c->lock, NULL);
    bk__cond_init(&c->exited);
    c->name = strdup(name);
    return c;
}

static void clear(bk__child *c)
{
    if (c->pidfd >= 0)
        close(c->pidfd);
    if (c->errors >= 0)
        close(c->errors);
    pthread_cond_destroy(&c->exited);
    pthread_mutex_destroy(&c->lock);
    free(c->name);
    free(c);
}

/* The process, with child_end as standard input and output, and the thread
 * that watches it. 0 or an errno. */
static int launch(bk__child *c, const char *const *argv, int child_end,
                  int errors_end)
{
    int failed = llb__spawn(
        argv, (const int[]){child_end, child_end, errors_end}, &c->pid);

    if (failed)
        return failed;
    c->pidfd = pidfd_open(c->pid, 0);
    if (c->pidfd >= 0 && bk__thread_start(&c->thread, watch, c))
        return 0;
    failed = c->pidfd < 0 ? errno : EAGAIN;
    kill(-c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
    return failed;
}

llb_status bk__child_start(const char *const *argv, int *ret_fd,
                           bk__child **ret, llb_error *err)
{
    int pair[2] = {-1, -1}, errors[2] = {-1, -1}, failed = 0;
    bk__child *c = child_new(argv[0]);

    if (!c || !c->name) {
        if (c)
            clear(c);
        return llb__fail_nomem(err);
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
        pipe2(errors, O_CLOEXEC) < 0 ||
        fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0 ||
        fcntl(errors[0], F_SETFL, O_NONBLOCK) < 0)
        failed = errno;
    c->errors = errors[0];
    if (!failed)
        failed = launch(c, argv, pair[1], errors[1]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (errors[1] >= 0)
        close(errors[1]);
    if (!failed) {
        *ret_fd = pair[0];
        *ret = c;
        return LLB_OK;
    }
    if (pair[0] >= 0)
        close(pair[0]);
    clear(c);
    if (failed == ENOENT)
        return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE,
                         "the program \"%s\", which leads there, is not on "
                         "PATH",
                         argv[0]);
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "cannot run %s: %s",
                     argv[0], strerror(failed));
}

/* Waits, with the lock held, for the exit: false when the time is over. */
static bool wait_exit(bk__child *c, int ms)
{
    int64_t deadline = bk__now_ms() + ms;

    while (!c->is_over && bk__cond_wait(&c->exited, &c->lock, deadline))
        ;
    return c->is_over;
}

bool bk__child_why(bk__child *c, char *buf, size_t size)
{
    char said[sizeof c->said.text + 64];
    int n;

    pthread_mutex_lock(&c->lock);
    bool over = wait_exit(c, EXIT_MS);
    llb__said_line(&c->said, said, sizeof said);
    int status = c->status;
    pthread_mutex_unlock(&c->lock);
    if (!over && !*said)
        return false;
    if (!over)
        n = snprintf(buf, size, "%s says", c->name);
    else if (WIFSIGNALED(status))
        n = snprintf(buf, size, "%s was ended by signal %d", c->name,
                     WTERMSIG(status));
    else
        n = snprintf(buf, size, "%s exited with code %d", c->name,
                     WEXITSTATUS(status));
    if (n > 0 && (size_t)n < size && *said)
        snprintf(buf + n, size - (size_t)n, ": %s", said);
    return true;
}

void bk__child_free(bk__child *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    if (!c->is_over) {
        kill(-c->pid, SIGTERM);
        if (!wait_exit(c, TERM_MS))
            kill(-c->pid, SIGKILL);
    }
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    clear(c);
}

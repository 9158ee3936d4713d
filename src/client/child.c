/* A thread of its own reads what the program says on standard error, of which
 * the end is kept, and waits for its exit. It alone reaps the program, under
 * the lock, so that a signal never meets a process of the same number. */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
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
#include "thread.h"

enum {
    KEPT = 300,     /* bytes of the end of standard error */
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
    char said[KEPT]; /* no NUL behind it */
    size_t said_len;
    bool cut; /* there was more before it */
};

static void keep(bk__child *c, const char *text, size_t len)
{
    if (len > KEPT) {
        text += len - KEPT;
        len = KEPT;
        c->cut = true;
    }
    size_t over = c->said_len + len > KEPT ? c->said_len + len - KEPT : 0;
    c->cut |= over > 0;
    memmove(c->said, c->said + over, c->said_len - over);
    c->said_len -= over;
    memcpy(c->said + c->said_len, text, len);
    c->said_len += len;
}

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
    keep(c, buf, (size_t)n);
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

/* posix_spawnp() with in as standard input and output, errors as the standard
 * error, and signals as in a program that a shell starts. 0 or an errno. */
static int spawn(const char *const *argv, int in, int errors, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int failed;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    failed = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&files, in, STDOUT_FILENO);
    if (!failed)
        failed =
            posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID |
                                        POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    if (!failed) /* it does not change them, whatever its type says */
        failed = posix_spawnp(ret, argv[0], &files, &attr, (char *const *)argv,
                              environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return failed;
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

/* The process and the thread that watches it. pair is a socketpair, pipe a
 * pipe; pair[0] and pipe[0] stay with us. 0 or an errno. */
static int launch(bk__child *c, const char *const *argv, int child_end,
                  int errors_end)
{
    int failed = spawn(argv, child_end, errors_end, &c->pid);

    if (failed)
        return failed;
    c->pidfd = pidfd_open(c->pid, 0);
    if (c->pidfd >= 0 && bk__thread_start(&c->thread, watch, c))
        return 0;
    failed = c->pidfd < 0 ? errno : EAGAIN;
    kill(c->pid, SIGKILL);
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

/* What it said, as one line: control characters cannot reach a terminal, and
 * what was cut starts with dots. */
static void put_said(const bk__child *c, char *buf, size_t size)
{
    size_t start = 0, end = c->said_len, n = 0;

    while (end > 0 && (unsigned char)c->said[end - 1] <= ' ')
        end--;
    if (c->cut)
        n = (size_t)snprintf(buf, size, "...");
    /* It may have been cut within a character. */
    while (c->cut && start < end && (c->said[start] & 0xc0) == 0x80)
        start++;
    for (size_t i = start; i < end && n + 3 < size; i++) {
        unsigned char b = (unsigned char)c->said[i];
        if (b == '\n') {
            buf[n++] = ';';
            buf[n++] = ' ';
        } else if (b != '\r')
            buf[n++] = b < ' ' || b == 127 ? '?' : (char)b;
    }
    buf[n] = '\0';
}

bool bk__child_why(bk__child *c, char *buf, size_t size)
{
    char said[KEPT + 64];
    int n;

    pthread_mutex_lock(&c->lock);
    bool over = wait_exit(c, EXIT_MS);
    put_said(c, said, sizeof said);
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

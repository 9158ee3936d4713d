/* A thread waits for signals, since a handler could not take the lock that
 * cancelling needs. */
#include "interrupt.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "report.h"
#include "run.h"
#include "terminal.h"

/* One for the process, as signals are. */
static struct {
    pthread_mutex_t lock; /* over the next three */
    bk_cancel *cancel;
    bool quiet;
    int got;
    void (*leave)(int exit_code);
    pthread_t thread;
    sigset_t set, before;
    int signals, end; /* descriptors */
} self = {.lock = PTHREAD_MUTEX_INITIALIZER, .signals = -1, .end = -1};

static void leave_now(int number)
{
    llb__run_kill_all(); /* helper programs that threads wait for */
    _exit(128 + number);
}

static void leave(int number)
{
    if (self.leave)
        self.leave(128 + number);
    leave_now(number);
}

/* Nobody may be reading what we write; then the next signal finds this thread
 * at it, and ends the process by itself. */
static void take_first(int number)
{
    pthread_sigmask(SIG_UNBLOCK, &self.set, NULL);
    if (!self.cancel)
        leave(number);
    bk_cancel_set(self.cancel);
    if (!self.quiet)
        cmd__say("cancelling; once more leaves at once");
    pthread_sigmask(SIG_BLOCK, &self.set, NULL);
}

static void take_signal(int number)
{
    cmd__terminal_restore(); /* whatever becomes of us */
    pthread_mutex_lock(&self.lock);
    if (self.got)
        leave_now(number); /* asked twice: at once, whatever runs */
    self.got = number;
    take_first(number);
    pthread_mutex_unlock(&self.lock);
}

void cmd__interrupt_cancels(bk_cancel *cancel, bool quiet)
{
    pthread_mutex_lock(&self.lock);
    self.cancel = cancel;
    self.quiet = quiet;
    pthread_mutex_unlock(&self.lock);
}

static void *wait_for_signals(void *unused)
{
    struct pollfd fds[] = {{.fd = self.signals, .events = POLLIN},
                           {.fd = self.end, .events = POLLIN}};
    struct signalfd_siginfo info;
    (void)unused;

    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (fds[1].revents)
            return NULL;
        if (fds[0].revents &&
            read(self.signals, &info, sizeof(info)) == sizeof(info))
            take_signal((int)info.ssi_signo);
    }
}

static void close_fds(void)
{
    if (self.signals >= 0)
        close(self.signals);
    if (self.end >= 0)
        close(self.end);
    self.signals = self.end = -1;
}

/* What nohup or a shell made us ignore stays ignored: a blocked signal would
 * come all the same. */
static void add_signal(int number)
{
    struct sigaction now;

    if (sigaction(number, NULL, &now) < 0 || now.sa_handler != SIG_IGN)
        sigaddset(&self.set, number);
}

static bool start(void)
{
    sigemptyset(&self.set);
    add_signal(SIGINT);
    add_signal(SIGTERM);
    add_signal(SIGHUP);
    self.signals = signalfd(-1, &self.set, SFD_CLOEXEC | SFD_NONBLOCK);
    self.end = eventfd(0, EFD_CLOEXEC);
    if (self.signals < 0 || self.end < 0 ||
        pthread_sigmask(SIG_BLOCK, &self.set, &self.before) != 0)
        return false;
    if (pthread_create(&self.thread, NULL, wait_for_signals, NULL) == 0)
        return true;
    pthread_sigmask(SIG_SETMASK, &self.before, NULL);
    return false;
}

void cmd__interrupt_begin(void (*on_leave)(int exit_code))
{
    self.cancel = NULL;
    self.got = 0;
    self.leave = on_leave;
    if (!start())
        close_fds();
}

int cmd__interrupt_end(void)
{
    uint64_t one = 1;

    if (self.end < 0)
        return 0;
    while (write(self.end, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    pthread_join(self.thread, NULL);
    close_fds();
    pthread_sigmask(SIG_SETMASK, &self.before, NULL);
    return self.got;
}

/* One thread hands out what the program writes, another one what is typed. */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "report.h"

enum {
    LOOK_MS = 200, /* how often the window's size is looked at */
    REPEATS = 10,  /* how often it is told at first, changed or not */
    CTRL_P = 0x10,
    CTRL_Q = 0x11
};

/* One for the process, as the terminal is. */
static struct {
    pthread_mutex_t lock;
    struct termios before;
    bool lent;
} self = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool cmd__terminal_is_there(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static bool lend(void)
{
    struct termios raw;

    pthread_mutex_lock(&self.lock);
    if (tcgetattr(STDIN_FILENO, &self.before) == 0) {
        raw = self.before;
        cfmakeraw(&raw);
        self.lent = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
    }
    bool lent = self.lent;
    pthread_mutex_unlock(&self.lock);
    return lent;
}

void cmd__terminal_restore(void)
{
    int kept = errno;

    pthread_mutex_lock(&self.lock);
    if (self.lent)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &self.before);
    self.lent = false;
    pthread_mutex_unlock(&self.lock);
    errno = kept;
}

/* ---- typing ---- */

struct typist {
    bk_process *process;
    int end; /* eventfd: stop */
    struct winsize size;
    int n_told;
    bool held; /* a Ctrl-P that may be half of the way out */
    bool left; /* atomic */
};

static void get_size(struct winsize *size)
{
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, size) != 0)
        memset(size, 0, sizeof(*size));
}

/* Old daemons drop a size that comes before the program has its terminal, and
 * do not say when it has. */
static void look_at_size(struct typist *t)
{
    struct winsize now;

    get_size(&now);
    if (now.ws_row == t->size.ws_row && now.ws_col == t->size.ws_col &&
        t->n_told >= REPEATS)
        return;
    t->n_told++;
    t->size = now;
    bk_process_resize(t->process, now.ws_row, now.ws_col);
}

/* Hands bytes on, but for Ctrl-P Ctrl-Q. False: nobody takes them any more. */
static bool pass_on(struct typist *t, const char *in, size_t n)
{
    char out[8194];
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (t->held && in[i] == CTRL_Q) {
            __atomic_store_n(&t->left, true, __ATOMIC_RELAXED);
            bk_process_cancel(t->process);
            return false;
        }
        if (t->held)
            out[len++] = CTRL_P;
        t->held = in[i] == CTRL_P;
        if (!t->held)
            out[len++] = in[i];
    }
    return len == 0 || bk_process_write(t->process, out, len);
}

static void *type(void *arg)
{
    struct typist *t = arg;
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = t->end, .events = POLLIN}};
    char in[4096];

    for (;;) {
        int got = poll(fds, 2, LOOK_MS);
        if (fds[1].revents || (got < 0 && errno != EINTR))
            return NULL;
        look_at_size(t);
        if (got <= 0 || !fds[0].revents)
            continue;
        ssize_t n = read(STDIN_FILENO, in, sizeof(in));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            bk_process_close_input(t->process); /* the terminal has gone */
            return NULL;
        }
        if (!pass_on(t, in, (size_t)n))
            return NULL;
    }
}

/* ---- the program ---- */

static void show(void *ctx, int fd, const void *data, size_t len)
{
    (void)ctx;
    (void)fd; /* a terminal has one stream */
    (void)llb__write_full(STDOUT_FILENO, data, len);
}

static llb_status attend(struct typist *t, unsigned *ret_code, llb_error *err)
{
    pthread_t thread;
    uint64_t one = 1;

    if (!lend())
        return llb__fail(err, LLB_EIO, LLB__NOWHERE,
                         "cannot set the terminal: %s", strerror(errno));
    if (pthread_create(&thread, NULL, type, t) != 0) {
        cmd__terminal_restore();
        return llb__fail_nomem(err);
    }
    llb_status st = bk_process_wait(t->process, ret_code, err);
    if (write(t->end, &one, sizeof(one)) < 0)
        pthread_cancel(thread); /* cannot be: an eventfd takes a 1 */
    pthread_join(thread, NULL);
    cmd__terminal_restore();
    return st;
}

llb_status cmd__terminal_run(bk_container *c, bk_process_opts opts,
                             unsigned *ret_code, bool *ret_left, llb_error *err)
{
    struct typist t = {.end = eventfd(0, EFD_CLOEXEC)};

    if (t.end < 0)
        return llb__fail_nomem(err);
    get_size(&t.size);
    opts.tty = 1;
    opts.rows = t.size.ws_row;
    opts.columns = t.size.ws_col;
    opts.output = show;
    llb_status st = bk_process_start(c, &opts, &t.process, err);
    if (st == LLB_OK) {
        cmd__say("%s in the container; exit, or Ctrl-P Ctrl-Q, leaves it",
                 opts.args[0]);
        st = attend(&t, ret_code, err);
        bk_process_free(t.process);
    }
    close(t.end);
    *ret_left = __atomic_load_n(&t.left, __ATOMIC_RELAXED);
    return *ret_left ? LLB_OK : st;
}

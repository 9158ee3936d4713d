/* Starting programs. */
#include "program.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

int llb__spawn(const char *const *argv, const int fds[3], pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int failed = 0;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    for (int i = 0; i < 3 && !failed; i++)
        failed = posix_spawn_file_actions_adddup2(&files, fds[i], i);
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

void llb__said_add(llb__said *s, const char *text, size_t len)
{
    size_t room = sizeof s->text;

    if (len > room) {
        text += len - room;
        len = room;
        s->cut = true;
    }
    size_t over = s->len + len > room ? s->len + len - room : 0;
    s->cut |= over > 0;
    memmove(s->text, s->text + over, s->len - over);
    s->len -= over;
    memcpy(s->text + s->len, text, len);
    s->len += len;
}

static size_t width(char c) { return c == '\r' ? 0 : c == '\n' ? 2 : 1; }

void llb__said_line(const llb__said *s, char *buf, size_t size)
{
    size_t end = s->len, n = 0;
    bool cut = s->cut;

    while (end > 0 && (unsigned char)s->text[end - 1] <= ' ')
        end--;
    size_t start = end, left = size - 4; /* dots and a NUL */
    while (start > 0 && width(s->text[start - 1]) <= left)
        left -= width(s->text[--start]);
    cut |= start > 0;
    /* It may have been cut within a character. */
    while (cut && start < end && (s->text[start] & 0xc0) == 0x80)
        start++;
    if (cut) {
        memcpy(buf, "...", 3);
        n = 3;
    }
    for (size_t i = start; i < end; i++) {
        unsigned char c = (unsigned char)s->text[i];
        if (c == '\n') {
            buf[n++] = ';';
            buf[n++] = ' ';
        } else if (c != '\r')
            buf[n++] = (char)(c < ' ' || c == 127 ? '?' : c);
    }
    buf[n] = '\0';
}

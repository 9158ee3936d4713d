/* Steps that outlived their daemon: it was killed, and so could not end them.
 * Such a process has as its root a mount whose layers lie in our data folder,
 * which no other process has. */
#include "engine.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "file.h"

/* Whether the line of mountinfo is of "/" and names the folder as the place
 * of what is mounted: "..upperdir=DATA/..", "lowerdir=DATA/..:DATA/..". */
static bool is_root_from(const char *line, const char *data)
{
    size_t len = strlen(data);
    char point[8];

    if (sscanf(line, "%*s %*s %*s %*s %7s", point) != 1 ||
        strcmp(point, "/") != 0)
        return false;
    for (const char *at = line; (at = strstr(at, data)); at += len)
        if (at > line && strchr("=: ", at[-1]) && at[len] == '/')
            return true;
    return false;
}

static bool is_step(const char *pid, const char *data)
{
    char path[300], *text;
    bool found = false;
    size_t len;

    snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
    if (llb__file_read(path, 16 << 20, &text, &len, NULL) != LLB_OK)
        return false;
    for (char *line = text; *line && !found;) {
        char *end = strchrnul(line, '\n');
        char c = *end;
        *end = '\0';
        found = is_root_from(line, data);
        line = c ? end + 1 : end;
    }
    free(text);
    return found;
}

void cmd__engine_end_steps(const char *data)
{
    DIR *proc = opendir("/proc");
    const struct dirent *e;

    while (proc && (e = readdir(proc))) {
        char *end;
        long pid = strtol(e->d_name, &end, 10);
        if (*end || pid <= 1)
            continue;
        int fd = pidfd_open((pid_t)pid, 0);
        if (fd < 0)
            continue;
        /* asked after the descriptor holds the process */
        if (is_step(e->d_name, data))
            pidfd_send_signal(fd, SIGKILL, NULL, 0);
        close(fd);
    }
    if (proc)
        closedir(proc);
}

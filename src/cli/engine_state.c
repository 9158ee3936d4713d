/* What the private engine is, on disk: paths and the state file. */
#include "engine.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "error.h"
#include "file.h"

/* The longest name that a daemon makes below the run folder. */
#define LONGEST_SOCKET "/exec/containerd/containerd.sock.ttrpc"

const char *cmd__engine_kind_name(cmd__engine_kind kind)
{
    return kind == CMD__DOCKERD ? "dockerd" : "buildkitd";
}

static const char *default_data(llb__arena *a)
{
    const char *data_home = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

    if (geteuid() == 0)
        return llb__arena_strdup(a, "/var/lib/llb/engine");
    if (data_home && *data_home == '/')
        return llb__arena_printf(a, "%s/llb/engine", data_home);
    return llb__arena_printf(a, "%s/.local/share/llb/engine", home ? home : "");
}

/* dockerd and runc want absolute paths; the folder need not exist yet. */
static const char *absolute(llb__arena *a, const char *path)
{
    char cwd[PATH_MAX];

    if (*path == '/' || !getcwd(cwd, sizeof(cwd)))
        return llb__arena_strdup(a, path);
    return llb__arena_printf(a, "%s/%s", cwd, path);
}

llb_status cmd__engine_paths_make(llb__arena *a, const char *run,
                                  const char *data, cmd__engine_paths *ret,
                                  llb_error *err)
{
    cmd__engine_paths p;
    struct sockaddr_un address;

    if (strlen(run) + sizeof(LONGEST_SOCKET) > sizeof(address.sun_path))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is too long for the sockets below it; set "
                         "XDG_RUNTIME_DIR to a path of at most %zu bytes",
                         run,
                         sizeof(address.sun_path) - sizeof(LONGEST_SOCKET) -
                             strlen("/llb"));
    p.run = absolute(a, run);
    if (!p.run)
        return llb__fail_nomem(err);
    p.state = llb__arena_printf(a, "%s/engine.json", p.run);
    p.lock = llb__arena_printf(a, "%s/lock", p.run);
    p.exec = llb__arena_printf(a, "%s/exec", p.run);
    p.data = data ? absolute(a, data) : default_data(a);
    p.log = p.data ? llb__arena_printf(a, "%s/engine.log", p.data) : NULL;
    p.owner = p.data ? llb__arena_printf(a, "%s/engine.json", p.data) : NULL;
    if (!p.state || !p.lock || !p.exec || !p.data || !p.log || !p.owner)
        return llb__fail_nomem(err);
    *ret = p;
    return LLB_OK;
}

/* This boot's id, which makes process numbers of an earlier one void. */
static void read_boot(char out[64])
{
    char *text;
    size_t len;

    out[0] = '\0';
    if (llb__file_read("/proc/sys/kernel/random/boot_id", 4096, &text, &len,
                       NULL) != LLB_OK)
        return;
    len = strcspn(text, "\n");
    if (len < 64) {
        memcpy(out, text, len);
        out[len] = '\0';
    }
    free(text);
}

static const char *member(llb__arena *a, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? llb__arena_strdup(a, text) : NULL;
}

static bool read_processes(llb__arena *a, const json_t *list, cmd__engine *e)
{
    size_t n = json_array_size(list);

    if (n < 1 || n > CMD__MAX_PROCESSES)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        cmd__process *p = &e->processes[i];
        json_int_t pid = json_integer_value(json_object_get(o, "pid"));
        json_int_t start = json_integer_value(json_object_get(o, "start"));
        p->name = member(a, o, "name");
        if (!p->name || pid <= 1 || pid > INT_MAX || start <= 0)
            return false;
        p->pid = (pid_t)pid;
        p->start = (unsigned long long)start;
    }
    e->n_processes = n;
    return true;
}

/* All members, or false. */
static bool from_json(llb__arena *a, const json_t *o, cmd__engine *e)
{
    const char *kind = json_string_value(json_object_get(o, "kind"));

    if (!kind)
        return false;
    if (strcmp(kind, "dockerd") == 0)
        e->kind = CMD__DOCKERD;
    else if (strcmp(kind, "buildkitd") == 0)
        e->kind = CMD__BUILDKITD;
    else
        return false;
    e->binary = member(a, o, "binary");
    e->socket = member(a, o, "socket");
    e->log = member(a, o, "log");
    e->data = member(a, o, "data");
    e->boot = member(a, o, "boot");
    return e->binary && e->socket && e->log && e->data && e->boot &&
           read_processes(a, json_object_get(o, "processes"), e);
}

llb_status cmd__engine_read(llb__arena *a, const char *file, cmd__engine *ret,
                            llb_error *err)
{
    cmd__engine e = {.kind = CMD__BUILDKITD};
    char boot[64], *text;
    size_t len;
    llb_status st = llb__file_read(file, 1 << 20, &text, &len, err);

    if (st != LLB_OK)
        return st;
    json_t *o = json_loadb(text, len, 0, NULL);
    bool good = o && from_json(a, o, &e);
    json_decref(o);
    free(text);
    if (!good)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s is no state file of an engine; remove it", file);
    read_boot(boot);
    if (strcmp(boot, e.boot) != 0)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "%s is of an earlier boot", file);
    *ret = e;
    return LLB_OK;
}

static json_t *to_json(const cmd__engine *e)
{
    char boot[64];
    json_t *list = json_array();

    read_boot(boot);
    for (size_t i = 0; i < e->n_processes; i++) {
        const cmd__process *p = &e->processes[i];
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:I}", "name", p->name, "pid",
                            (json_int_t)p->pid, "start", (json_int_t)p->start));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "kind",
                     cmd__engine_kind_name(e->kind), "binary", e->binary,
                     "socket", e->socket, "log", e->log, "data", e->data,
                     "boot", boot, "processes", list);
}

llb_status cmd__engine_write(const cmd__engine_paths *p, const cmd__engine *e,
                             llb_error *err)
{
    json_t *o = to_json(e);
    char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
    llb_status st;

    json_decref(o);
    if (!text)
        return llb__fail_nomem(err);
    st = llb__file_write_all(p->state, text, strlen(text), 0600, err);
    if (st == LLB_OK)
        st = llb__file_write_all(p->owner, text, strlen(text), 0600, err);
    free(text);
    return st;
}

/* Tests of the private engine's state: whose process it is, what is removed. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/llb-engine-XXXXXX");
    return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    llb_error err = {0};
    assert_int_equal(chdir("/"), 0);
    return cmd__remove_tree(dir, &err) == LLB_OK ? 0 : -1;
}

static pid_t sleeper(bool ignores_term)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (ignores_term)
            signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
    usleep(50000);
    return pid;
}

static void a_process_is_ours_by_its_start_time(void **state)
{
    cmd__process p = {.name = "x", .pid = sleeper(false)}, other;
    llb_error err = {0};
    (void)state;

    assert_true(cmd__process_identify(&p));
    assert_true(cmd__process_alive(&p));
    other = p;
    other.start++; /* as if the number had been given to another one */
    assert_false(cmd__process_alive(&other));
    assert_int_equal(cmd__process_end(&other, 100, &err), LLB_OK);
    assert_true(cmd__process_alive(&p)); /* it was left alone */
    assert_int_equal(cmd__process_end(&p, 5000, &err), LLB_OK);
    assert_false(cmd__process_alive(&p));
    waitpid(p.pid, NULL, 0);
}

static void a_process_that_will_not_end_is_killed(void **state)
{
    cmd__process p = {.name = "x", .pid = sleeper(true)};
    llb_error err = {0};
    int status;
    (void)state;

    assert_true(cmd__process_identify(&p));
    assert_int_equal(cmd__process_end(&p, 100, &err), LLB_OK);
    waitpid(p.pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* A process whose root is not in the data folder is none of our steps. */
static void other_processes_are_no_steps(void **state)
{
    cmd__process p = {.name = "x", .pid = sleeper(false)};
    (void)state;

    assert_true(cmd__process_identify(&p));
    cmd__engine_end_steps(dir);
    assert_true(cmd__process_alive(&p));
    kill(p.pid, SIGKILL);
    waitpid(p.pid, NULL, 0);
}

static cmd__engine example(void)
{
    return (cmd__engine){.kind = CMD__DOCKERD,
                         .binary = "/x/dockerd",
                         .socket = "/run/x/docker.sock",
                         .log = "/x/log",
                         .data = "/x",
                         .processes = {{"dockerd", 4711, 12345}},
                         .n_processes = 1};
}

static void a_state_file_brings_back_what_was_written(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    cmd__engine_paths p;
    cmd__engine e = example(), back;
    llb_error err = {0};
    (void)state;

    assert_int_equal(cmd__engine_paths_make(a, dir, dir, &p, &err), LLB_OK);
    p.owner = llb__arena_printf(a, "%s/copy.json", dir);
    assert_int_equal(cmd__engine_write(&p, &e, &err), LLB_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            cmd__engine_read(a, i ? p.owner : p.state, &back, &err), LLB_OK);
        assert_int_equal(back.kind, CMD__DOCKERD);
        assert_string_equal(back.socket, e.socket);
        assert_string_equal(back.binary, e.binary);
        assert_int_equal(back.n_processes, 1);
        assert_int_equal(back.processes[0].pid, 4711);
        assert_int_equal(back.processes[0].start, 12345);
    }
    llb__arena_free(a);
}

static const struct bad_state {
    const char *text;
    llb_status status;
} bad_states[] = {
    {"", LLB_EINVAL},
    {"not json", LLB_EINVAL},
    {"[]", LLB_EINVAL},
    {"{\"kind\":\"dockerd\"}", LLB_EINVAL},
    {"{\"kind\":\"podman\",\"binary\":\"x\",\"socket\":\"x\",\"log\":\"x\","
     "\"data\":\"x\",\"boot\":\"x\",\"processes\":[{\"name\":\"x\",\"pid\":9,"
     "\"start\":9}]}",
     LLB_EINVAL},
    {"{\"kind\":\"dockerd\",\"binary\":\"x\",\"socket\":\"x\",\"log\":\"x\","
     "\"data\":\"x\",\"boot\":\"x\",\"processes\":[{\"name\":\"x\",\"pid\":1,"
     "\"start\":9}]}",
     LLB_EINVAL}, /* nobody may make us end process 1 */
    {"{\"kind\":\"dockerd\",\"binary\":\"x\",\"socket\":\"x\",\"log\":\"x\","
     "\"data\":\"x\",\"boot\":\"x\",\"processes\":[{\"name\":\"x\",\"pid\":-9,"
     "\"start\":9}]}",
     LLB_EINVAL},
    {"{\"kind\":\"dockerd\",\"binary\":\"x\",\"socket\":\"x\",\"log\":\"x\","
     "\"data\":\"x\",\"boot\":\"an earlier one\",\"processes\":[{\"name\":"
     "\"x\",\"pid\":9,\"start\":9}]}",
     LLB_ENOENT},
};

static void other_state_files_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_states) / sizeof(*bad_states); i++) {
        llb__arena *a = llb__arena_new(1 << 20);
        cmd__engine e;
        llb_error err = {0};
        FILE *f = fopen("state.json", "w");

        fputs(bad_states[i].text, f);
        fclose(f);
        assert_int_equal(cmd__engine_read(a, "state.json", &e, &err),
                         bad_states[i].status);
        llb__arena_free(a);
    }
}

static void a_run_folder_that_is_too_long_is_refused(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    cmd__engine_paths p;
    llb_error err = {0};
    char run[128];
    (void)state;

    memset(run, 'x', sizeof(run));
    run[0] = '/';
    run[69] = '\0';
    assert_int_equal(cmd__engine_paths_make(a, run, NULL, &p, &err), LLB_OK);
    run[69] = 'x';
    run[70] = '\0';
    assert_int_equal(cmd__engine_paths_make(a, run, NULL, &p, &err),
                     LLB_EINVAL);
    assert_non_null(strstr(err.message, "XDG_RUNTIME_DIR"));
    llb__arena_free(a);
}

static void make_program(const char *path)
{
    close(open(path, O_CREAT | O_WRONLY, 0755));
}

static void programs_are_found_in_path_and_trees(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    cmd__engine_program p;
    llb_error err = {0};
    char want[128];
    (void)state;

    mkdir("tree", 0755);
    mkdir("tree/usr", 0755);
    mkdir("tree/usr/sbin", 0755);
    mkdir("tree/usr/bin", 0755);
    assert_int_equal(cmd__engine_find(a, "none", &p, &err), LLB_ENOENT);
    assert_int_equal(cmd__engine_find(a, "tree", &p, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "neither buildkitd nor dockerd"));
    make_program("tree/usr/sbin/dockerd");
    make_program("tree/usr/bin/runc");
    make_program("tree/usr/bin/containerd");
    assert_int_equal(cmd__engine_find(a, "tree", &p, &err), LLB_OK);
    assert_int_equal(p.kind, CMD__DOCKERD);
    snprintf(want, sizeof(want), "%s/tree/usr/sbin/dockerd", dir);
    assert_string_equal(p.binary, want);
    snprintf(want, sizeof(want), "%s/tree/usr/bin/containerd", dir);
    assert_string_equal(p.containerd, want);
    make_program("tree/usr/bin/buildkitd");
    assert_int_equal(cmd__engine_find(a, "tree", &p, &err), LLB_OK);
    assert_int_equal(p.kind, CMD__BUILDKITD);
    make_program("tree/usr/bin/other");
    assert_int_equal(cmd__engine_find(a, "tree/usr/bin/other", &p, &err),
                     LLB_EINVAL);
    llb__arena_free(a);
}

static void purge_leaves_what_is_not_ours(void **state)
{
    llb_error err = {0};
    (void)state;

    mkdir("d", 0755);
    mkdir("d/buildkitd", 0755);
    mkdir("d/buildkitd/sub", 0755);
    make_program("d/buildkitd/sub/file");
    assert_int_equal(symlink("/", "d/dockerd"), 0); /* not followed */
    make_program("d/engine.log");
    make_program("d/mine");
    assert_int_equal(cmd__engine_purge("d", &err), LLB_OK);
    assert_int_equal(access("d/buildkitd", F_OK), -1);
    assert_int_equal(access("d/mine", F_OK), 0);
    unlink("d/mine");
    assert_int_equal(cmd__engine_purge("d", &err), LLB_OK);
    assert_int_equal(access("d", F_OK), -1);
}

/* A peer that accepts, says text and waits for the end. */
static pid_t peer(const char *path, const char *text, size_t len)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    char c;

    strcpy(to.sun_path, path);
    assert_int_equal(bind(s, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(listen(s, 4), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = accept(s, NULL, NULL);
        if (write(fd, text, len) == (ssize_t)len)
            while (read(fd, &c, 1) > 0)
                ;
        _exit(0);
    }
    close(s);
    return pid;
}

static void only_the_right_answer_is_an_answer(void **state)
{
    static const char settings[] = "\0\0\6\4\0\0\0\0\0\0\5\0\0";
    static const char ok[] = "HTTP/1.0 200 OK\r\n\r\n";
    static const struct {
        const char *text;
        size_t len;
        cmd__engine_kind kind;
        bool answers;
    } cases[] = {
        {settings, sizeof(settings) - 1, CMD__BUILDKITD, true},
        {ok, sizeof(ok) - 1, CMD__DOCKERD, true},
        {ok, sizeof(ok) - 1, CMD__BUILDKITD, false},
        {settings, sizeof(settings) - 1, CMD__DOCKERD, false},
    };
    (void)state;

    assert_false(cmd__engine_answers(CMD__BUILDKITD, "none.sock"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        pid_t pid = peer("s.sock", cases[i].text, cases[i].len);
        assert_int_equal(cmd__engine_answers(cases[i].kind, "s.sock"),
                         cases[i].answers);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        unlink("s.sock");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_is_ours_by_its_start_time),
        cmocka_unit_test(a_process_that_will_not_end_is_killed),
        cmocka_unit_test(other_processes_are_no_steps),
        cmocka_unit_test(a_state_file_brings_back_what_was_written),
        cmocka_unit_test(other_state_files_are_refused),
        cmocka_unit_test(a_run_folder_that_is_too_long_is_refused),
        cmocka_unit_test(programs_are_found_in_path_and_trees),
        cmocka_unit_test(purge_leaves_what_is_not_ours),
        cmocka_unit_test(only_the_right_answer_is_an_answer),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}

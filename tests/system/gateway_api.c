/* Steers builds through the C API and prints what it saw; gateway-api.sh says
 * what that has to be.
 *
 *   gateway_api ADDR FOLDER OUT
 *
 * FOLDER has a Dockerfile of FROM scratch, and what that copies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llb/gateway.h>

static llb_error err;

static int fail(const char *what)
{
    printf("%s failed: %s: %s\n", what, llb_status_name(err.status),
           err.message);
    return 1;
}

/* Files of a result, one a line. */
static int list(bk_build *b, const char *ref)
{
    bk_files *files;
    char *text;
    size_t len;

    if (bk_build_read_dir(b, ref, "/", "d*", &files, &err) != LLB_OK)
        return fail("read_dir");
    for (size_t i = 0; i < files->n; i++)
        printf("found %s %o %d\n", files->list[i].path,
               (unsigned)files->list[i].mode, (int)files->list[i].len);
    bk_files_free(files);
    if (bk_build_stat_file(b, ref, "/data", &files, &err) != LLB_OK)
        return fail("stat_file");
    printf("stat %o %d\n", (unsigned)files->list[0].mode,
           (int)files->list[0].len);
    bk_files_free(files);
    if (bk_build_read_file(b, ref, "/data", 1, 3, &text, &len, &err) != LLB_OK)
        return fail("read_file");
    printf("read %s\n", text);
    free(text);
    if (bk_build_stat_file(b, ref, "/nothing", &files, &err) == LLB_OK)
        return fail("stat of nothing");
    printf("nothing: %s\n", llb_status_name(err.status));
    return 0;
}

/* What a frontend answers to a question, in words for people. */
static int ask(bk_build *b)
{
    const bk_pair attrs[] = {
        {"requestid", "frontend.subrequests.describe"},
        {"frontend.caps", "moby.buildkit.frontend.subrequests"}};
    bk_frontend_opts o = BK_FRONTEND_OPTS_INIT;
    bk_refs *refs;

    o.frontend = "dockerfile.v0";
    o.attrs = attrs;
    o.n_attrs = 2;
    if (bk_build_frontend(b, &o, &refs, NULL, &err) != LLB_OK)
        return fail("subrequest");
    const bk_meta *m = bk_refs_meta(refs, "result.txt");
    printf("describes %s\n", m && strstr(m->value, "outline") ? "outline" : "");
    bk_refs_free(refs);
    return 0;
}

/* The frontend's result as the input of another run of it, in place of the
 * folder that it would read. */
static int chain(bk_build *b, const bk_refs *refs)
{
    bk_input input = {"context", refs->list[0].def};
    bk_frontend_opts o = BK_FRONTEND_OPTS_INIT;
    const bk_pair attrs[] = {{"dockerfilekey", "dockerfile"},
                             {"context", "input:context"}};
    bk_refs *again;

    o.frontend = "dockerfile.v0";
    o.attrs = attrs;
    o.n_attrs = 2;
    o.inputs = &input;
    o.n_inputs = 1;
    if (bk_build_frontend(b, &o, &again, NULL, &err) != LLB_OK)
        return fail("frontend with an input");
    if (bk_build_evaluate(b, again->list[0].id, NULL, &err) != LLB_OK)
        return fail("evaluate");
    printf("chained %d\n", (int)again->n);
    bk_refs_free(again);
    return 0;
}

/* Hands the same file system out for two platforms. */
static int give_back(bk_build *b, const bk_refs *refs)
{
    const char *id = refs->list[0].id;
    bk_ref list[] = {{"linux/amd64", id, NULL}, {"linux/arm64", id, NULL}};
    bk_failure *failure = NULL;
    bk_result *result = NULL;
    bk_refs *both;

    if (bk_refs_new(list, 2, true, NULL, 0, &both, &err) != LLB_OK)
        return fail("refs");
    llb_status st = bk_build_return_refs(b, both, &result, &failure, &err);
    bk_refs_free(both);
    bk_result_free(result);
    bk_failure_free(failure);
    return st == LLB_OK ? 0 : fail("return");
}

static int steer(bk_build *b)
{
    bk_frontend_opts o = BK_FRONTEND_OPTS_INIT;
    bk_refs *refs;
    int rc;

    o.frontend = "dockerfile.v0";
    if (bk_build_frontend(b, &o, &refs, NULL, &err) != LLB_OK)
        return fail("frontend");
    printf("definition %s\n", refs->list[0].def ? "yes" : "no");
    rc = list(b, refs->list[0].id);
    if (rc == 0)
        rc = ask(b);
    if (rc == 0)
        rc = chain(b, refs);
    if (rc == 0)
        rc = give_back(b, refs);
    bk_refs_free(refs);
    return rc;
}

int main(int argc, char **argv)
{
    bk_client *c;
    bk_build *b;

    if (argc != 4 || bk_client_new(argv[1], NULL, &c, &err) != LLB_OK)
        return fail("client");
    bk_local locals[] = {{"context", argv[2]}, {"dockerfile", argv[2]}};
    bk_export out = {.type = "local", .dest = argv[3]};
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    o.locals = locals;
    o.n_locals = 2;
    o.exports = &out;
    o.n_exports = 1;
    int rc = 1;
    if (bk_build_new(c, &o, &b, &err) == LLB_OK) {
        rc = steer(b);
        bk_build_free(b);
    } else {
        fail("build");
    }
    bk_client_free(c);
    return rc;
}

/* Builds, runs a command, and builds again with the same client: for
 * reconnect.sh, whose command starts the daemon anew.
 *
 *     reconnect ADDRESS TLSDIR DEFINITION FOLDER COMMAND
 *
 * TLSDIR "" is none. The builds read FOLDER as the local source "." and write
 * out-1 and out-2. Exits with 0 only if both succeed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <llb/client.h>

static llb_def *read_def(const char *path)
{
    static char data[1 << 16];
    llb_def *def = NULL;
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(data, 1, sizeof(data), f) : 0;

    if (f)
        fclose(f);
    llb_def_parse(data, n, 0, &def, NULL);
    return def;
}

static llb_status build(bk_client *c, llb_def *def, const char *folder,
                        const char *dest, llb_error *err)
{
    bk_local local = {".", folder};
    bk_export out = {.type = "local", .dest = dest};
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;

    o.locals = &local;
    o.n_locals = 1;
    o.exports = &out;
    o.n_exports = 1;
    return bk_solve(c, def, &o, NULL, NULL, err);
}

int main(int argc, char **argv)
{
    bk_client_opts o = BK_CLIENT_OPTS_INIT;
    bk_tls tls = BK_TLS_INIT;
    bk_client *c = NULL;
    llb_error err = {0};

    if (argc != 6)
        return 2;
    tls.dir = argv[2];
    if (*tls.dir)
        o.tls = &tls;
    llb_def *def = read_def(argv[3]);
    llb_status st =
        def ? bk_client_new(argv[1], &o, &c, &err) : (llb_status)LLB_EINVAL;
    if (st == LLB_OK)
        st = build(c, def, argv[4], "out-1", &err);
    if (st == LLB_OK && system(argv[5]) != 0)
        st = LLB_EIO;
    if (st == LLB_OK)
        st = build(c, def, argv[4], "out-2", &err);
    if (st != LLB_OK)
        fprintf(stderr, "%s: %s\n", llb_status_name(st), err.message);
    bk_client_free(c);
    llb_def_free(def);
    return st != LLB_OK;
}

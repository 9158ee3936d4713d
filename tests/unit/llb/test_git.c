/* What Go's client has no option for, and the oracle therefore cannot play:
 * the attributes by which a daemon checks signatures of a repository. */
#include "helpers.h"

#define CAP "source.git.signatureverify"

static const llb_state *signed_repo(llb_graph *g)
{
    llb_git_opts o = LLB_GIT_OPTS_INIT;

    o.auth_token_secret = o.auth_header_secret = "";
    o.sig_pubkey = "KEY";
    o.sig_reject_expired = o.sig_require_signed_tag = 1;
    o.sig_ignore_signed_tag = 1;
    return llb_git(g, "https://h/r.git", NULL, &o);
}

/* The same op by its attributes: no call of ours is needed to say it. */
static const llb_state *by_attributes(llb_graph *g)
{
    static const llb_pair attrs[] = {
        {"git.fullurl", "https://h/r.git"},
        {"git.sig.pubkey", "KEY"},
        {"git.sig.rejectexpired", "true"},
        {"git.sig.requiresignedtag", "true"},
        {"git.sig.ignoresignedtag", "true"},
    };
    llb_source_opts o = LLB_SOURCE_OPTS_INIT;

    o.attrs = attrs;
    o.n_attrs = sizeof attrs / sizeof *attrs;
    return llb_source(g, "git://h/r.git", &o);
}

static void signature_options_are_attributes(void **state)
{
    llb_def *def = define(by_attributes(*state));

    check_digest(signed_repo(*state), llb_def_op_at(def, 0).digest);
    llb_def_free(def);
}

/* A daemon that would not look at the key must refuse the build. */
static void a_key_asks_for_the_capability(void **state)
{
    assert_true(holds(signed_repo(*state), CAP));
    assert_false(holds(llb_git(*state, "https://h/r.git", NULL, NULL), CAP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GRAPH_TEST(signature_options_are_attributes),
        GRAPH_TEST(a_key_asks_for_the_capability),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

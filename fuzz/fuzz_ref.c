/* Any text as an image reference, judged a second time by regular expressions
 * that are distribution/reference's grammar written down: both must agree.
 * What is taken is in full the second time, and names the source of an op. */
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/llb.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define LABEL "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
#define DOMAIN "(" LABEL "([.]" LABEL ")*|[[][a-fA-F0-9:]+[]])(:[0-9]+)?"
#define PART "[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*"
#define PATH PART "(/" PART ")*"
#define TAG "(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?"
#define DIGEST "(@sha(256:[a-f0-9]{64}|384:[a-f0-9]{96}|512:[a-f0-9]{128}))?"

/* Longer ones only slow the expressions down. */
enum { MAX_JUDGED = 200 };

static regex_t with_domain, bare;

static void check(int good)
{
    if (!good)
        abort();
}

static void prepare(void)
{
    static int done;

    if (done++)
        return;
    check(regcomp(&with_domain, "^" DOMAIN "/" PATH TAG DIGEST "$",
                  REG_EXTENDED | REG_NOSUB) == 0);
    check(regcomp(&bare, "^" PATH TAG DIGEST "$", REG_EXTENDED | REG_NOSUB) ==
          0);
}

/* Whether what is in front of the first "/" is a host: it has a dot, a colon
 * or an upper-case letter, or is "localhost". */
static int has_domain(const char *text)
{
    size_t n = strcspn(text, "/@");

    if (text[n] != '/')
        return 0;
    if (n == 9 && memcmp(text, "localhost", 9) == 0)
        return 1;
    return strcspn(text, ".:ABCDEFGHIJKLMNOPQRSTUVWXYZ") < n;
}

static int judge(const char *text)
{
    if (strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64)
        return 0; /* an image id */
    return regexec(has_domain(text) ? &with_domain : &bare, text, 0, NULL, 0) ==
           0;
}

/* The identifier of the only source of s must be scheme and ref. */
static void check_op(const llb_state *s, const char *scheme, const char *ref)
{
    llb_error err = {0};
    llb_def *def = NULL;
    size_t n = strlen(scheme), len = strlen(ref);

    check(llb_marshal(s, NULL, &def, &err) == LLB_OK);
    check(llb_def_n_ops(def) == 2);
    llb_def_op op = llb_def_op_at(def, 0);
    const uint8_t *at = memmem(op.data, op.len, scheme, n);
    check(at && (size_t)(op.data + op.len - at) >= n + len);
    check(memcmp(at + n, ref, len) == 0);
    llb_def_free(def);
}

static void check_taken(llb_graph *g, const char *text, const char *full)
{
    char *again = NULL;
    llb_error err = {0};
    const char *at = strchr(full, '@');
    const char *base = strrchr(full, '/');

    check(llb_image_ref_normalize(full, &again, &err) == LLB_OK);
    check(strcmp(full, again) == 0);
    free(again);
    check_op(llb_image(g, text, NULL), "docker-image://", full);
    /* A blob is named by its digest alone. */
    const char *colon = base ? strchr(base, ':') : NULL;
    int blob = at && !(colon && colon < at);
    const llb_state *s = llb_image_blob(g, text, NULL);
    check((llb_state_error(s) == NULL) == blob);
    if (blob)
        check_op(s, "docker-image+blob://", full);
}

static void check_text(llb_graph *g, const char *text)
{
    llb_error err = {0};
    char *full = NULL;
    llb_status st = llb_image_ref_normalize(text, &full, &err);

    check((st == LLB_OK) == (full != NULL));
    check(st == LLB_OK || (st == LLB_EINVAL && err.message[0]));
    if (strlen(text) <= MAX_JUDGED) {
        /* A tag longer than 128 is beyond the expressions. */
        if (st == LLB_OK)
            check(judge(text));
        else if (judge(text))
            check(strcspn(text, ":") + 128 < strlen(text));
    }
    if (full)
        check_taken(g, text, full);
    else
        check(llb_state_error(llb_image(g, text, NULL)) != NULL);
    free(full);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llb_graph *g = llb_graph_new(NULL);
    char *text = malloc(len + 1);

    prepare();
    check(g && text);
    if (len)
        memcpy(text, data, len);
    text[len] = '\0';
    check_text(g, text);
    free(text);
    llb_graph_free(g);
    return 0;
}

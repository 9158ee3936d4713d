/* Bytes as a program that calls the API: every maker of states, with options,
 * lists and texts taken from the bytes, with NULL where nothing may be NULL,
 * with states of another graph and states that failed. Nothing crashes, no call
 * gives NULL, a failed state says why, and what marshals is a definition that
 * the daemon's own rules accept, prints, continues a graph, and is the same
 * bytes when it is marshalled again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llb/llb.h>

#include "graph_program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(llb_status st, const llb_error *err)
{
    if (st != LLB_OK)
        fprintf(stderr, "%s\n", err->message);
    check(st == LLB_OK);
}

/* What marshals must be accepted, print, and be the same a second time. */
static void check_def(const llb_state *s, const llb_marshal_opts *o,
                      const llb_def *def)
{
    llb_def *read = NULL, *again = NULL;
    llb_error err = {0};
    size_t len, len2;
    char *text;

    const uint8_t *bytes = llb_def_bytes(def, &len);
    must(llb_def_parse(bytes, len, LLB_DEF_EMPTY_OK, &read, &err), &err);
    for (int form = LLB_DEF_JSON; form <= LLB_DEF_DOT; form++) {
        must(llb_def_print(read, (llb_def_format)form, &text, NULL, &err),
             &err);
        free(text);
    }
    must(llb_marshal(s, o, &again, &err), &err);
    const uint8_t *bytes2 = llb_def_bytes(again, &len2);
    check(len == len2 && (len == 0 || memcmp(bytes, bytes2, len) == 0));
    llb_def_free(again);
    llb_def_free(read);
}

/* Its operations keep their digests in another graph. */
static void check_continued(llb_def *def)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_def *again = NULL;
    llb_error err = {0};

    check(g != NULL);
    const llb_state *s = llb_state_from_def(g, def);
    check(llb_state_error(s) == NULL);
    must(llb_marshal(s, NULL, &again, &err), &err);
    check(strcmp(llb_def_digest(def), llb_def_digest(again)) == 0);
    llb_def_free(again);
    llb_graph_free(g);
}

static void check_marshal(struct program *p, const llb_state *s)
{
    llb_marshal_opts o = LLB_MARSHAL_OPTS_INIT;
    llb_error err = {0};
    llb_def *def = NULL;

    program_marshal_opts(p, &o);
    llb_status st = llb_marshal(s, &o, &def, &err);
    check((st == LLB_OK) == (def != NULL));
    if (s && llb_state_error(s))
        check(st == llb_state_error(s)->status);
    if (st != LLB_OK) {
        check(st == err.status && err.message[0] != '\0');
        return;
    }
    check_def(s, &o, def);
    check_continued(def);
    program_keep_def(p, def);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct program p;

    program_start(&p, data, len);
    while (program_step(&p))
        if (byte(&p) % 8 == 0)
            check_marshal(&p, pick_state(&p));
    check_marshal(&p, p.states[(p.n_states - 1) % MAX_STATES]);
    program_end(&p);
    return 0;
}

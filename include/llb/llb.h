/* All of libllb: build a graph, marshal it to a definition. */
#ifndef LLB_LLB_H
#define LLB_LLB_H

/*
 * A whole program:
 *
 *     llb_graph *g = llb_graph_new(NULL);
 *     const llb_state *s = llb_image(g, "alpine", NULL);
 *     const char *args[] = {"/bin/sh", "-c", "echo hello > /hello"};
 *     llb_run_opts run = LLB_RUN_OPTS_INIT;
 *     run.args = args;
 *     run.n_args = 3;
 *     s = llb_exec_root(llb_run(s, &run));
 *
 *     llb_def *def;
 *     llb_error err = {0};
 *     if (llb_marshal(s, NULL, &def, &err) != LLB_OK)
 *         fprintf(stderr, "%s\n", err.message);
 *
 * Strings are UTF-8 and end with a NUL. What goes in is copied or only looked
 * at; what comes out is borrowed, unless its comment says who frees it.
 *
 * Option structs start with their size: set them up with their _INIT macro. A
 * size of 0, as of {0}, stands for the first layout, so that members which came
 * later are not looked at. A struct of a newer program whose members this
 * library does not know is refused with LLB_EINVAL, unless they are all zero.
 *
 * To read the headers as a book: graph.h (who owns everything, what a state
 * is), state.h (what is inherited), image.h, local.h, git.h, http.h (where
 * files come from), exec.h (commands), file.h (copies and the like), merge.h
 * (whole filesystems), constraints.h and source_map.h (what can be said of any
 * operation), marshal.h (the result), def.h (what can be done with it). oci.h,
 * source.h and passthrough.h are for rare needs.
 */
#include <llb/constraints.h>
#include <llb/def.h>
#include <llb/error.h>
#include <llb/exec.h>
#include <llb/file.h>
#include <llb/git.h>
#include <llb/graph.h>
#include <llb/http.h>
#include <llb/image.h>
#include <llb/local.h>
#include <llb/marshal.h>
#include <llb/merge.h>
#include <llb/oci.h>
#include <llb/passthrough.h>
#include <llb/source.h>
#include <llb/source_map.h>
#include <llb/state.h>

#endif

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
 * Strings are UTF-8 and end with a NUL. Option structs start with their size:
 * set them up with their _INIT macro or with {0}, which stands for the first
 * layout. A struct of a newer program whose members this library does not know
 * is refused with LLB_EINVAL, unless those members are all zero.
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

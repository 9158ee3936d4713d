/* The reference graphs of the benchmark, by libllb. tests/oracle/graphs makes
 * the same with Go's client/llb. */
#ifndef LLB_GRAPHS_H
#define LLB_GRAPHS_H

#include <llb/graph.h>

/* The graph NAME of size n, built in g. NULL: there is no such graph, or n is
 * too small for it. A failed state tells of itself.
 *
 *   chain     n runs, each on the one before, with a variable, a cache mount
 *             and a custom name: n + 1 ops
 *   chainflat the same (in Go a chain costs more, see there)
 *   wide      n branches of an image, a run and a file, merged: 3n + 1 ops
 *   diamond   n layers of 32 files, each copied from two of the layer before,
 *             merged: 32n + 1 ops
 *   dup       n runs of which n / 10 differ, merged: n + 2 calls */
const llb_state *bench_graph(llb_graph *g, const char *name, size_t n);

#endif

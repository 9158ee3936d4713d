/* The picture of a build on a terminal, as lines that fit. */
#ifndef LLB__CLI_PROGRESS_DRAW_H
#define LLB__CLI_PROGRESS_DRAW_H

#include <llb/client.h>

#include "buf.h"
#include "progress_steps.h"

typedef struct cmd__picture {
    cmd__steps steps;
    unsigned n_started;
    int64_t first_ms;  /* our clock when the build began */
    int64_t offset_ns; /* the daemon's clock less ours, once a step started */
    bool has_offset, colour, canceling, over;
    char waiting[128]; /* what for, while nothing has started */
} cmd__picture;

/* The events, as in progress_plain.h; now_ms is our clock. */
void cmd__picture_vertex(cmd__picture *p, const bk_vertex *v, int64_t now_ms);
void cmd__picture_status(cmd__picture *p, const bk_vertex_status *s);
void cmd__picture_log(cmd__picture *p, const bk_vertex_log *l);

/* Adds the picture to out, at most rows - 1 lines of at most cols columns and
 * a newline each. Returns the number of lines; 0 for a terminal that is too
 * small for any picture. */
size_t cmd__picture_draw(cmd__picture *p, llb__buf *out, int cols, int rows,
                         int64_t now_ms);

#endif

/* One row or one object a record; du and prune show the same. */
#include "usage.h"

#include <string.h>

#include "amount.h"
#include "escape.h"
#include "progress.h"

void cmd__sums_add(cmd__sums *s, const bk_usage *u)
{
    s->total += u->len;
    s->reclaimable += u->in_use ? 0 : u->len;
    s->shared += u->shared ? u->len : 0;
}

void cmd__usage_heading(llb__buf *out)
{
    llb__buf_printf(out, "%-26s %9s  %-12s %-16s %s\n", "ID", "SIZE",
                    "LAST USED", "TYPE", "DESCRIPTION");
}

void cmd__usage_row(llb__buf *out, const bk_usage *u, int64_t now_ns)
{
    char size[16], ago[24] = "never";

    cmd__size_text(u->len, size);
    if (u->last_used_ns)
        cmd__ago_text(now_ns - u->last_used_ns, ago);
    cmd__escape(out, u->id, strlen(u->id));
    llb__buf_printf(out, "%*s %9s  %-12s %-16s ",
                    strlen(u->id) < 26 ? (int)(26 - strlen(u->id)) : 0, "",
                    size, ago, u->in_use ? "in use" : u->type);
    cmd__escape(out, u->description, strlen(u->description));
    llb__buf_addc(out, '\n');
}

static json_t *text(const char *s) { return cmd__json_text(s, strlen(s)); }

json_t *cmd__usage_json(const bk_usage *u)
{
    json_t *parents = json_array();

    for (size_t i = 0; i < u->n_parents; i++)
        json_array_append_new(parents, text(u->parents[i]));
    return json_pack("{s:o, s:I, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:I, s:o}",
                     "id", text(u->id), "size", (json_int_t)u->len, "type",
                     text(u->type), "in_use", u->in_use, "mutable",
                     u->is_mutable, "shared", u->shared, "description",
                     text(u->description), "created",
                     cmd__time_json(u->created_ns), "last_used",
                     cmd__time_json(u->last_used_ns), "uses",
                     (json_int_t)u->n_uses, "parents", parents);
}

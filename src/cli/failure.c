/* What a reader needs to mend a failed step, and nothing twice. */
#include "failure.h"

#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "file.h"
#include "progress.h"
#include "report.h"

enum { LOG_LINES = 10, RULE = 20 };

static void rule(llb__buf *out)
{
    for (int i = 0; i < RULE; i++)
        llb__buf_addc(out, '-');
    llb__buf_addc(out, '\n');
}

static void add_log(llb__buf *out, const bk_failure *f)
{
    size_t first = f->n_log > LOG_LINES ? f->n_log - LOG_LINES : 0;

    llb__buf_adds(out, "------\n > ");
    cmd__escape(out, f->step, strlen(f->step));
    llb__buf_adds(out, ":\n");
    for (size_t i = first; i < f->n_log; i++) {
        const bk_log_line *l = &f->log[i];
        llb__buf_printf(out, "%.3f ", (double)l->offset_ns / 1e9);
        cmd__escape(out, l->text, l->len);
        llb__buf_addc(out, '\n');
    }
    llb__buf_adds(out, "------\n");
}

/* The lines from the first range's start to the last one's end. */
static void extent(const bk_place *p, int *ret_first, int *ret_last)
{
    *ret_first = *ret_last = 0;
    for (size_t i = 0; i < p->n_ranges; i++) {
        int start = p->ranges[i].start_line, end = p->ranges[i].end_line;
        if (end < start)
            end = start;
        if (!*ret_first || start < *ret_first)
            *ret_first = start;
        if (end > *ret_last)
            *ret_last = end;
    }
}

static void add_excerpt(llb__buf *out, const bk_place *p, int first, int last)
{
    int around = first == last ? 2 : 1, number = 1;
    const char *at = p->text, *end = p->text + p->text_len;

    rule(out);
    while (at <= end && number <= last + around) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        if (number >= first - around) {
            llb__buf_printf(out, " %3d | %s ", number,
                            number >= first && number <= last ? ">>>" : "   ");
            cmd__escape(out, at, (size_t)(stop - at));
            llb__buf_addc(out, '\n');
        }
        if (!newline)
            break;
        at = newline + 1;
        number++;
    }
    rule(out);
}

static void add_place(llb__buf *out, const bk_place *p, bool is_call)
{
    int first, last;

    extent(p, &first, &last);
    if (is_call)
        llb__buf_adds(out, "called from ");
    cmd__escape(out, p->file, strlen(p->file));
    if (first > 0)
        llb__buf_printf(out, ":%d", first);
    llb__buf_addc(out, '\n');
    if (!is_call && p->text && first > 0)
        add_excerpt(out, p, first, last);
}

/* What to do about errors whose cause is known, or NULL. */
static const char *help_for(const bk_failure *f, bk_kind kind)
{
    if (strstr(f->message, "network bridge not found"))
        return "this engine was started without a bridge, so a step has no "
               "default network: give the run network=\"none\" or \"host\", "
               "or build with --network-default none (or host)";
    if (strstr(f->message, "exporting multiple references"))
        return "this engine keeps images of one platform: name one with "
               "--platform, or build on a buildkitd";
    if (strstr(f->message, "network.host is not allowed"))
        return kind == BK_KIND_DOCKER
                   ? "say --allow network.host"
                   : "say --allow network.host, and start buildkitd with "
                     "--allow-insecure-entitlement network.host";
    if (strstr(f->message, "security.insecure is not allowed"))
        return "say --allow security.insecure, and start buildkitd with "
               "--allow-insecure-entitlement security.insecure; a Docker "
               "Engine has no such flag";
    return NULL;
}

/* "exit code: N" and what the daemon says behind it; NULL when it does not. */
static const char *exit_words(const char *words)
{
    const char *last = NULL;

    while ((words = strstr(words, "exit code: ")) != NULL)
        last = words++;
    return last;
}

/* The closing line. In front of the exit code a daemon repeats the whole
 * command, with its newlines: the step has a name for that. */
static void show_error(const bk_failure *f)
{
    const char *words = *f->error ? f->error : f->message;
    const char *code = exit_words(words);

    if (f->has_exit_code && !code)
        cmd__error("%s (exit code %u)", words, f->exit_code);
    else if (f->has_exit_code && *f->step)
        cmd__error("%s: %s", f->step, code);
    else
        cmd__error("%s", words);
}

void cmd__failure_show(const bk_failure *f, bk_kind kind)
{
    llb__buf out = LLB__BUF_INIT;
    const char *help = help_for(f, kind);

    if (*f->step && f->n_log > 0)
        add_log(&out, f);
    for (size_t i = 0; i < f->n_places; i++)
        add_place(&out, &f->places[i], i > 0);
    if (!out.failed && out.len > 0)
        (void)llb__write_full(STDERR_FILENO, out.data, out.len);
    llb__buf_clear(&out);
    show_error(f);
    if (help)
        cmd__say("help: %s", help);
}

static json_t *text(const char *s) { return cmd__json_text(s, strlen(s)); }

static json_t *places_json(const bk_failure *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->n_places; i++) {
        int first, last;
        extent(&f->places[i], &first, &last);
        json_array_append_new(list, json_pack("{s:o, s:i, s:i}", "file",
                                              text(f->places[i].file), "line",
                                              first, "end_line", last));
    }
    return list;
}

json_t *cmd__failure_json(const bk_failure *f)
{
    json_t *o = json_object(), *log = json_array();

    json_object_set_new(o, "message", text(f->message));
    if (*f->error)
        json_object_set_new(o, "step_error", text(f->error));
    if (*f->step)
        json_object_set_new(o, "step", text(f->step));
    if (*f->vertex)
        json_object_set_new(o, "vertex", text(f->vertex));
    if (f->has_exit_code)
        json_object_set_new(o, "exit_code",
                            json_integer((json_int_t)f->exit_code));
    for (size_t i = 0; i < f->n_log; i++)
        json_array_append_new(log,
                              cmd__json_text(f->log[i].text, f->log[i].len));
    json_object_set_new(o, "log", log);
    json_object_set_new(o, "places", places_json(f));
    return o;
}

json_t *cmd__error_json(const llb_error *err, const bk_failure *failure,
                        int exit_code)
{
    json_t *o = failure ? cmd__failure_json(failure) : json_object();

    if (!failure)
        json_object_set_new(o, "message", text(err->message));
    json_object_set_new(o, "status", json_string(llb_status_name(err->status)));
    json_object_set_new(o, "exit", json_integer(exit_code));
    if (err->status == LLB_ECANCELED)
        json_object_set_new(o, "canceled", json_true());
    return json_pack("{s:o}", "error", o);
}

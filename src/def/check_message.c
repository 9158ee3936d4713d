/* Checking messages against the tables, with a stack of its own. */
#include "check_message.h"

#include <stdio.h>

#include "bounds.h"
#include "utf8.h"

struct frame {
    llb__wire wire;
    const llb__message *message;
    uint64_t seen;   /* singular fields met, by number */
    uint32_t one_of; /* number of the oneof member met */
};

static bool refuse(llb__message_error *e, const uint8_t *at,
                   const llb__message *m, const llb__field *f, const char *why)
{
    e->at = at;
    snprintf(e->text, sizeof e->text, "%s%s%s: %s", m->name, f ? "." : "",
             f ? f->name : "", why);
    return false;
}

/* Packed numbers are one LEN field full of varints. */
static bool check_packed(llb__bytes body, const char **ret_why)
{
    llb__wire w = llb__wire_of(body);
    uint64_t v;

    while (w.p != w.end) {
        if (!llb__wire_varint(&w, &v)) {
            *ret_why = w.error;
            return false;
        }
    }
    return true;
}

/* Encoders write such a field once, and readers differ on what twice means. */
static bool check_once(struct frame *fr, const llb__field *f,
                       const char **ret_why)
{
    uint64_t bit = (uint64_t)1 << (f->number & 63);

    if (f->flags & LLB__REPEATED)
        return true;
    if (fr->seen & bit) {
        *ret_why = "it is there twice";
        return false;
    }
    fr->seen |= bit;
    if (!(f->flags & LLB__ONEOF))
        return true;
    if (fr->one_of) {
        *ret_why = "only one member of the oneof may be set, and another "
                   "stands before it";
        return false;
    }
    fr->one_of = f->number;
    return true;
}

static bool check_type(const llb__field *f, const llb__wire_field *wf,
                       const char **ret_why)
{
    if (!llb__is_varint(f)) {
        if (wf->type == LLB__LEN)
            return true;
    } else if (wf->type == LLB__VARINT) {
        return true;
    } else if (wf->type == LLB__LEN && f->flags & LLB__REPEATED) {
        return check_packed(wf->body, ret_why);
    }
    *ret_why = "it has the wrong wire type";
    return false;
}

static bool check_field(struct frame *fr, const llb__field *f,
                        const llb__wire_field *wf, bool utf8,
                        llb__message_error *e)
{
    const char *why = NULL;

    if (!check_type(f, wf, &why) || !check_once(fr, f, &why))
        return refuse(e, wf->start, fr->message, f, why);
    if (utf8 && f->type == LLB__F_STRING) {
        size_t good = llb__utf8_check(wf->body.data, wf->body.len);
        if (good != wf->body.len)
            return refuse(e, wf->body.data + good, fr->message, f,
                          "the text is not UTF-8");
    }
    return true;
}

bool llb__check_message(llb__bytes b, const llb__message *m, bool utf8,
                        llb__message_error *ret_error)
{
    struct frame stack[LLB__MAX_NESTING];
    size_t depth = 1;
    llb__wire_field wf;

    stack[0] = (struct frame){.wire = llb__wire_of(b), .message = m};
    while (depth > 0) {
        struct frame *fr = &stack[depth - 1];
        if (!llb__wire_next(&fr->wire, &wf)) {
            if (fr->wire.error)
                return refuse(ret_error, fr->wire.p, fr->message, NULL,
                              fr->wire.error);
            depth--;
            continue;
        }
        const llb__field *f = llb__field_of(fr->message, wf.number);
        if (!f)
            continue;
        if (!check_field(fr, f, &wf, utf8, ret_error))
            return false;
        if (f->type != LLB__F_MESSAGE)
            continue;
        if (depth == LLB__MAX_NESTING)
            return refuse(ret_error, wf.start, fr->message, f,
                          "messages are nested too deeply");
        stack[depth++] = (struct frame){.wire = llb__wire_of(wf.body),
                                        .message = f->message};
    }
    return true;
}

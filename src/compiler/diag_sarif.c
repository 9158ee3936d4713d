/* Diagnostics as a SARIF log: what code review and CI services show beside the
 * lines. Each code that occurs is a rule, described once. */
#include <stdlib.h>
#include <string.h>

#include "diag_impl.h"
#include "utf8.h"
#include "json.h"

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* A file name as the relative reference that it is in a URI. */
static json_t *uri(const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    llb__buf b = LLB__BUF_INIT;

    for (const char *s = name; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c >= '0' && c <= '9') || strchr("/._-~", c)) {
            llb__buf_addc(&b, *s);
        } else {
            llb__buf_addc(&b, '%');
            llb__buf_addc(&b, hex[c >> 4]);
            llb__buf_addc(&b, hex[c & 15]);
        }
    }
    json_t *out = b.failed ? NULL : json_string(b.len ? b.data : "");
    llb__buf_clear(&b);
    return out;
}

static json_t *message(const char *text, const char *help)
{
    llb__buf b = LLB__BUF_INIT;

    llb__buf_adds(&b, text);
    if (help)
        llb__buf_printf(&b, "; %s", help);
    json_t *out =
        b.failed ? NULL : json_pack("{s:s}", "text", b.len ? b.data : "");
    llb__buf_clear(&b);
    return out;
}

static json_t *location(const llbc_diags *d, llb_span at, const char *text)
{
    const llbc__source *s = llbc__source_get(d, at.file);
    llbc__pos from = llbc__source_pos(s, at.start);
    llbc__pos to = llbc__source_pos(s, at.end);
    json_t *o = json_pack(
        "{s:{s:{s:o}, s:{s:I, s:I, s:I, s:I}}}", "physicalLocation",
        "artifactLocation", "uri", uri(s->name), "region", "startLine",
        (json_int_t)from.line, "startColumn", (json_int_t)from.column,
        "endLine", (json_int_t)to.line, "endColumn", (json_int_t)to.column);

    if (o && text &&
        json_object_set_new(o, "message", message(text, NULL)) < 0) {
        json_decref(o);
        return NULL;
    }
    return o;
}

/* The number of the code's rule, which is added when it is new; -1: no memory.
 */
static json_int_t rule_of(json_t *rules, const llbc_diag *diag)
{
    size_t i;
    json_t *rule;

    json_array_foreach(rules, i, rule)
    {
        if (strcmp(json_string_value(json_object_get(rule, "id")),
                   diag->code) == 0)
            return (json_int_t)i;
    }
    rule = json_pack("{s:s, s:{s:s}}", "id", diag->code, "shortDescription",
                     "text", diag->title);
    return json_array_append_new(rules, rule) == 0 ? (json_int_t)i : -1;
}

static bool add_places(const llbc_diags *d, const llbc_diag *diag, json_t *o)
{
    json_t *list = json_array(), *others = json_array();

    if (llbc__source_get(d, diag->at.file))
        json_array_append_new(list, location(d, diag->at, NULL));
    for (size_t i = 0; i < diag->n_related; i++) {
        if (llbc__source_get(d, diag->related[i].at.file))
            json_array_append_new(others, location(d, diag->related[i].at,
                                                   diag->related[i].message));
    }
    bool good = json_object_set_new(o, "locations", list) == 0;
    return json_object_set_new(o, "relatedLocations", others) == 0 && good;
}

static bool add_result(const llbc_diags *d, const llbc_diag *diag,
                       json_t *rules, json_t *results)
{
    json_int_t rule = rule_of(rules, diag);
    json_t *o =
        rule < 0 ? NULL
                 : json_pack("{s:s, s:I, s:s, s:o}", "ruleId", diag->code,
                             "ruleIndex", rule, "level",
                             diag->severity == LLBC_ERROR ? "error" : "warning",
                             "message", message(diag->message, diag->help));

    if (!o)
        return false;
    bool good = add_places(d, diag, o);
    return json_array_append_new(results, o) == 0 && good;
}

llb_status llbc_diags_sarif(const llbc_diags *d, char **ret_text,
                            size_t *ret_len)
{
    json_t *rules = json_array(), *results = json_array();
    bool good = rules && results;
    char *text = NULL;

    for (size_t i = 0; good && i < d->n_notes; i++)
        good = add_result(d, &d->notes[i]->diag, rules, results);
    json_t *log = json_pack(
        "{s:s, s:s, s:[{s:{s:{s:s, s:o}}, s:s, s:o}]}", "$schema", SARIF_SCHEMA,
        "version", "2.1.0", "runs", "tool", "driver", "name", "llb", "rules",
        rules, "columnKind", "unicodeCodePoints", "results", results);
    if (log && good)
        text = llbc__json_text(log, JSON_INDENT(2));
    json_decref(log);
    if (!text)
        return LLB_ENOMEM;
    if (ret_len)
        *ret_len = strlen(text);
    *ret_text = text;
    return LLB_OK;
}

/* Calls that are right in a Dockerfile and wrong here. */
#include "check.h"

#include <string.h>

/* chmod=755: with all its digits below 8 a decimal number is a slip. */
void llbc__check_mode(llbc__check *c, const llbc__slot *s)
{
    const llbc__expr *e = s->arg->value;
    const llbc__source *source = llbc__source_get(c->diags, e->span.file);
    size_t len = e->span.end - e->span.start;

    if (!s->key || !source || e->kind != LLBC__EXPR_INT || len < 3 ||
        (strcmp(s->key, "mode") != 0 && strcmp(s->key, "chmod") != 0))
        return;
    const char *digits = source->text + e->span.start;
    if (*digits == '0' || strspn(digits, "01234567") < len)
        return;
    llbc__note *n =
        llbc__report(c->diags, LLBC__E_OCTAL, e->span,
                     "%.*s is decimal, and modes are octal", (int)len, digits);
    llbc__help(n, "write 0o%.*s", (int)len, digits);
}

/* "copy" and "mount" with a string where the filesystem stands. */
static void tell_no_filesystem(llbc__check *c, const llbc__call *call,
                               const llbc__slot *slots)
{
    const char *name = call->sig->name;
    llbc__note *n =
        llbc__report(c->diags, LLBC__E_COPY_ORDER, slots[0].arg->value->span,
                     "\"%s\" needs a filesystem first", name);

    for (size_t i = 1; i < call->args->n; i++) {
        if (slots[i].key && strcmp(slots[i].key, "from") == 0) {
            llbc__help(n,
                       "a stage is a function, def build() { ... }: "
                       "%s build() ...",
                       name);
            return;
        }
    }
    llbc__help(n, strcmp(name, "copy") == 0
                      ? "for files of the project: let src = local(\".\"), "
                        "then copy src \"go.mod\" \"./\""
                      : "for files of the project: mount local(\".\") "
                        "\"/src\"");
}

bool llbc__dockerfile_order(llbc__check *c, const llbc__call *call,
                            const llbc__slot *slots)
{
    const llbc__expr *first = call->args->n ? slots[0].arg->value : NULL;
    const char *name = call->sig->name;

    if (!first || !call->sig->builtin || slots[0].arg->key)
        return false;
    bool text = first->kind == LLBC__EXPR_STRING;
    bool named = first->kind == LLBC__EXPR_NAME && call->args->n > 1 &&
                 !slots[1].arg->key;
    if (text && call->sig->builtin->step &&
        (strcmp(name, "copy") == 0 || strcmp(name, "mount") == 0)) {
        tell_no_filesystem(c, call, slots);
        return true;
    }
    if (call->sig->star && (text || named)) {
        llbc__note *n =
            llbc__report(c->diags, LLBC__E_ORDER, first->span,
                         "\"%s\" takes a name, \"=\" and a value", name);
        llbc__help(n, "write %s %s=\"value\"", name,
                   named ? first->u.name.text : "NAME");
        return true;
    }
    if (text && strcmp(name, "from") == 0) {
        llbc__note *n =
            llbc__report(c->diags, LLBC__E_ORDER, first->span,
                         "\"from\" needs a filesystem, and this is a string");
        llbc__help(n, "for an image write from image(\"...\")");
        return true;
    }
    return false;
}

/* Looking into a definition: ops, inputs, platforms, places, source files. */
#include "def_int.h"

#include <string.h>

static bool has_op(const llb_def *def, size_t i)
{
    return def && i < def->n_ops;
}

llb_def_op llb_def_op_at(const llb_def *def, size_t i)
{
    if (!has_op(def, i))
        return (llb_def_op){.kind = LLB_OP_TERMINAL};
    const llb__def_op *op = &llb__indexed(def)->ops[i];
    llb__bytes data = llb__op_bytes(def, i), meta = llb__op_metadata(def, i);
    llb_def_op ret = {
        .kind = (llb_op_kind)def->index[i].kind,
        .data = data.data,
        .len = data.len,
        .n_inputs = op->n_inputs,
        .metadata = meta.data,
        .metadata_len = meta.len,
    };

    llb__digest_text(op->sum, ret.digest);
    return ret;
}

bool llb_def_find(const llb_def *def, const char *digest, size_t len,
                  size_t *ret_i)
{
    if (!def || !digest)
        return false;
    size_t i = llb__lookup_text(llb__indexed(def),
                                (llb__bytes){(const uint8_t *)digest, len});

    if (i == def->n_ops)
        return false;
    if (ret_i)
        *ret_i = i;
    return true;
}

size_t llb_def_op_input(const llb_def *def, size_t i, size_t k,
                        int64_t *ret_output)
{
    if (!has_op(def, i) || k >= def->ops[i].n_inputs)
        return SIZE_MAX;
    const llb__input *in = llb__op_input(llb__indexed(def), i, k);

    if (ret_output)
        *ret_output = in->output;
    return in->op;
}

static const char *text_of(llb__bytes message, uint32_t number, size_t *ret_len)
{
    llb__bytes b = llb__wire_body(message, number);

    *ret_len = b.len;
    return b.data ? (const char *)b.data : "";
}

bool llb_def_op_platform(const llb_def *def, size_t i,
                         llb_def_platform *ret_platform)
{
    if (!has_op(def, i))
        return false;
    llb__bytes p = llb__wire_body(llb__op_bytes(def, i), LLB__OP_PLATFORM);
    llb_def_platform *r = ret_platform;

    if (!p.data)
        return false;
    if (!r)
        return true;
    r->arch = text_of(p, 1, &r->arch_len);
    r->os = text_of(p, 2, &r->os_len);
    r->variant = text_of(p, 3, &r->variant_len);
    r->os_version = text_of(p, 4, &r->os_version_len);
    return true;
}

const char *llb_def_op_description(const llb_def *def, size_t i,
                                   const char *key, size_t *ret_len)
{
    size_t len;

    if (!has_op(def, i) || !key)
        return NULL;
    llb__wire w = llb__wire_of(llb__op_metadata(llb__indexed(def), i));
    llb__wire_field f;
    const char *found = NULL;

    while (llb__wire_next(&w, &f)) {
        if (f.number != LLB__META_DESCRIPTION ||
            !llb__bytes_are(llb__wire_body(f.body, LLB__KEY), key, strlen(key)))
            continue;
        found = text_of(f.body, LLB__VALUE,
                        ret_len ? ret_len : &len); /* the last one wins */
    }
    return found;
}

/* One range of a Location as a place. */
static llb_def_place place_of(llb__bytes range, uint32_t location,
                              uint32_t info)
{
    llb__bytes start = llb__wire_body(range, 1), end = llb__wire_body(range, 2);

    return (llb_def_place){
        .location = location,
        .info = info,
        .start_line = (int32_t)llb__wire_int(start, 1),
        .start_char = (int32_t)llb__wire_int(start, 2),
        .end_line = (int32_t)llb__wire_int(end, 1),
        .end_char = (int32_t)llb__wire_int(end, 2),
    };
}

static void add_place(llb_def_place *places, size_t max, size_t *n,
                      llb_def_place p)
{
    if (*n < max)
        places[*n] = p;
    ++*n;
}

size_t llb_def_op_places(const llb_def *def, size_t i, llb_def_place *places,
                         size_t max)
{
    if (!has_op(def, i))
        return 0;
    llb__wire w = llb__wire_of(llb__op_locations(llb__indexed(def), i));
    llb__wire_field f, r;
    uint32_t location = 0;
    size_t n = 0;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 1)
            continue;
        uint32_t info = (uint32_t)llb__wire_int(f.body, 1);
        llb__wire lw = llb__wire_of(f.body);
        size_t before = n;
        while (llb__wire_next(&lw, &r))
            if (r.number == 2)
                add_place(places, max, &n, place_of(r.body, location, info));
        if (n == before)
            add_place(places, max, &n,
                      (llb_def_place){.location = location, .info = info});
        location++;
    }
    return n;
}

size_t llb_def_n_infos(const llb_def *def) { return def ? def->n_infos : 0; }

llb_def_info llb_def_info_at(const llb_def *def, size_t i)
{
    if (i >= llb_def_n_infos(def))
        return (llb_def_info){.filename = "", .language = ""};
    const llb__range *r = &llb__indexed(def)->infos[i];
    llb__bytes b = {def->bytes + r->offset, r->len};
    llb__wire w = llb__wire_of(llb__wire_body(b, 3));
    llb__bytes data = llb__wire_body(b, 2);
    llb__wire_field f;
    llb_def_info ret = {.data = data.data ? data.data : def->bytes,
                        .data_len = data.len};

    ret.filename = text_of(b, 1, &ret.filename_len);
    ret.language = text_of(b, 4, &ret.language_len);
    while (llb__wire_next(&w, &f))
        ret.definition_ops += f.number == LLB__DEF_OPS;
    return ret;
}

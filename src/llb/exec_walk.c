/* Execs in a marshal: inputs, outputs and PATH. */
#include "marshal_int.h"

bool llb__exec_kids(llb__marshal *m, llb_exec *e)
{
    const llb_error *error = e->root.error;

    if (error)
        return llb__marshal_fail(m, error->status, "%s", error->message);
    llb__exec_close(e);
    for (size_t i = 0; i < e->n_mounts; i++)
        if (e->mounts[i]->source && !llb__kid(m, e->mounts[i]->source->node))
            return false;
    return true;
}

/* Numbers the inputs, in the order of the mounts. NULL: m has failed. */
static const int64_t *number_inputs(llb__marshal *m, const llb_exec *e)
{
    m->mount_ins.n = 0;
    int64_t *ins = llb__vec_room(m, &m->mount_ins, e->n_mounts, sizeof *ins);
    if (!ins)
        return NULL;
    for (size_t i = 0; i < e->n_mounts; i++) {
        ins[i] = llb__input(m, e->mounts[i]->source);
        if (ins[i] < -1)
            return NULL;
    }
    return ins;
}

static void encode_mount(llb__enc *e, const llb__mount *m, int64_t input)
{
    size_t mark = llb__enc_len(e);

    llb__enc_bytes(e, m->fields + m->head_len, m->tail_len);
    llb__enc_i64(e, 4,
                 m->result == LLB__MOUNT_OUTPUT ? (int64_t)m->output : -1);
    llb__enc_bytes(e, m->fields, m->head_len);
    llb__enc_i64(e, 1, input);
    llb__enc_wrap(e, 2, mark);
}

static void encode_meta(llb__marshal *m, const llb_exec *x)
{
    static const char path[] =
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    llb__enc *e = &m->enc;
    size_t mark = llb__enc_len(e);

    llb__enc_bytes(e, llb__exec_meta(x) + x->env_len, x->rest_len);
    if (m->default_path && !x->has_path)
        llb__enc_elem(e, 2, path, sizeof path - 1);
    llb__enc_bytes(e, llb__exec_meta(x), x->env_len);
    llb__enc_wrap(e, 1, mark);
}

bool llb__exec_op_encode(llb__marshal *m, llb_exec *x, llb__caps *caps)
{
    llb__enc *e = &m->enc;
    const int64_t *ins = number_inputs(m, x);

    if (!ins)
        return false;
    if (m->sets_path)
        *caps |= LLB__CAP(EXEC_META_DEFAULT_PATH);
    llb__enc_bytes(e, llb__exec_meta(x) + x->env_len + x->rest_len,
                   x->tail_len);
    for (size_t i = x->n_mounts; i-- > 0;)
        encode_mount(e, x->mounts[i], ins[i]);
    encode_meta(m, x);
    llb__enc_wrap(e, 2, 0);
    const llb__platform *p = x->platform ? x->platform : m->platform;
    llb__op_finish(m, x->node.cons, (llb__bytes){p->field, p->field_len});
    return true;
}

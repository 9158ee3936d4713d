/* Image configs: read from a base image, changed by statements, written for
 * the exporter. */
#ifndef LLB__COMPILER_CONFIG_H
#define LLB__COMPILER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llb/error.h>
#include <llb/state.h>

#include "arena.h"
#include "value.h"

/* Labels of one image: each is compared with each. */
#define LLBC__MAX_LABELS 2000

/* A list of texts; items NULL: the config says nothing. */
typedef struct llbc__texts {
    const char *const *items;
    size_t n;
} llbc__texts;

typedef struct llbc__health {
    llbc__texts test;
    int64_t interval, timeout, start_period, start_interval; /* ns; 0: unset */
    int64_t retries;
} llbc__health;

/* What a filesystem says about the image made of it. Environment, working
 * directory and user are with its state. Immutable: a change is a copy. */
typedef struct llbc__config {
    const char *base; /* JSON of the image it started from; NULL: none */
    size_t base_len;
    bool keep_history; /* the layers are still those of the base */
    bool own_cmd;      /* cmd was set by a statement since the last from */
    llbc__texts entrypoint, cmd, shell, onbuild;
    llbc__texts ports, volumes; /* without doubles, in the order given */
    const llbc__entry *labels;  /* without doubles */
    size_t n_labels;
    const char *stop_signal, *author;
    const char *health_json;    /* of the base, when health is NULL */
    const llbc__health *health; /* of a statement */
} llbc__config;

extern const llbc__config llbc__no_config;

/* Reads the config of a base image (JSON, copied). *ret_user is set when it
 * names one. LLB_EINVAL: it is no image config, the message says why. */
llb_status llbc__config_read(llb__arena *a, const char *json, size_t len,
                             llbc__config *ret_config, const char **ret_user,
                             llb_error *err);

/* JSON of the config of an image: c, with environment, directory and user of
 * the state, for a platform. In arena a; NULL: no memory. */
const char *llbc__config_write(llb__arena *a, const llbc__config *c,
                               const llb_state *state, const llbc__platform *p,
                               size_t *ret_len);

#endif

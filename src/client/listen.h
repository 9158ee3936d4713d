/* Calls with one request and a stream of answers. */
#ifndef LLB__CLIENT_LISTEN_H
#define LLB__CLIENT_LISTEN_H

#include <protobuf-c/protobuf-c.h>

#include <llb/client.h>

/* Calls method and hands each answer to take (which borrows it), until the
 * daemon has no more, take fails, or cancel is set. A daemon that is silent
 * must prove now and then that it lives. LLB_EUNSUPPORTED: it has no such
 * call; else as bk__unary(). */
llb_status bk__listen(bk_client *c, const char *method,
                      const ProtobufCMessage *request, bk_cancel *cancel,
                      const ProtobufCMessageDescriptor *reply_type,
                      llb_status (*take)(void *ctx, const ProtobufCMessage *m,
                                         llb_error *err),
                      void *ctx, llb_error *err);

#endif

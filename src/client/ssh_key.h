/* A private ssh key, read from a file. */
#ifndef LLB__CLIENT_SSH_KEY_H
#define LLB__CLIENT_SSH_KEY_H

#include <llb/error.h>

#include "arena.h"
#include "buf.h"

typedef struct bk__ssh_key bk__ssh_key;

/* Reads an RSA, ECDSA or Ed25519 key in OpenSSH's form or in PEM. A key with
 * a passphrase is refused, with the way out, and so is all else: LLB_EINVAL,
 * LLB_ENOENT, LLB_EIO, LLB_ELIMIT (100 KiB), LLB_ENOMEM. Messages name path
 * and never hold a byte of the key. */
llb_status bk__ssh_key_read(const char *path, bk__ssh_key **ret,
                            llb_error *err);
void bk__ssh_key_free(bk__ssh_key *k);

/* The public key as the protocol has it, and its name for people. Borrowed. */
llb__bytes bk__ssh_key_blob(const bk__ssh_key *k);
const char *bk__ssh_key_comment(const bk__ssh_key *k);

/* Appends the signature of data to out; flags are those of the agent's
 * protocol, which choose the hash for RSA. False, and out as it was: libcrypto
 * failed. Any thread. */
bool bk__ssh_key_sign(const bk__ssh_key *k, llb__bytes data, uint32_t flags,
                      llb__buf *out);

#endif

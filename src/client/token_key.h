/* The key by which a daemon tells that two clients have the same login. */
#ifndef LLB__CLIENT_TOKEN_KEY_H
#define LLB__CLIENT_TOKEN_KEY_H

#include <stdint.h>

#include <openssl/evp.h>

#include <llb/error.h>

#include "arena.h"

enum { BK__SEED_LEN = 16, BK__PUBLIC_LEN = 32, BK__SIGNED_LEN = 64 };

/* The seed of this user's keys for host, made at its first use and kept in
 * .token_seed of dir, where other clients of BuildKit keep it too. A folder
 * that cannot be written gives a new seed each time, and so does one whose lock
 * another program holds for two seconds. LLB_EIO: there is no
 * randomness. */
llb_status bk__token_seed(const char *dir, const char *host,
                          uint8_t out[BK__SEED_LEN], llb_error *err);

/* The Ed25519 key of a seed (len 0: of everybody) and the daemon's salt, for
 * EVP_PKEY_free(). NULL: libcrypto failed. */
EVP_PKEY *bk__token_key(llb__bytes salt, llb__bytes seed);

bool bk__token_key_public(EVP_PKEY *key, uint8_t out[BK__PUBLIC_LEN]);
bool bk__token_key_sign(EVP_PKEY *key, llb__bytes payload,
                        uint8_t out[BK__SIGNED_LEN]);

#endif

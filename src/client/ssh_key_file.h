/* The forms in which files hold private ssh keys. */
#ifndef LLB__CLIENT_SSH_KEY_FILE_H
#define LLB__CLIENT_SSH_KEY_FILE_H

#include <openssl/evp.h>

#include <llb/error.h>

/* Parses the text of a key file, OpenSSH's form or PEM; path is for messages.
 * The caller frees *ret by EVP_PKEY_free(), and *ret_comment, which is NULL if
 * the file has none, by free(). LLB_EINVAL, LLB_ENOMEM. */
llb_status bk__ssh_key_parse(const char *path, const char *text, size_t len,
                             EVP_PKEY **ret, char **ret_comment,
                             llb_error *err);

#endif

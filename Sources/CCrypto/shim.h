// SHA-256 of OpenSSL's libcrypto by its stable interface: macros of its headers, and names that only some
// versions have, stay on this side.
#pragma once
#include <openssl/evp.h>

static inline EVP_MD_CTX *lcft_sha256_begin(void) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
    EVP_MD_CTX_free(context);
    return NULL;
  }
  return context;
}
static inline EVP_MD_CTX *lcft_sha256_copy(const EVP_MD_CTX *context) {
  EVP_MD_CTX *copy = EVP_MD_CTX_new();
  if (copy && EVP_MD_CTX_copy_ex(copy, context) != 1) {
    EVP_MD_CTX_free(copy);
    return NULL;
  }
  return copy;
}
static inline int lcft_sha256_update(EVP_MD_CTX *context, const void *bytes, size_t count) {
  return EVP_DigestUpdate(context, bytes, count);
}
// Writes 32 bytes; frees the context.
static inline int lcft_sha256_end(EVP_MD_CTX *context, unsigned char *digest) {
  unsigned int length = 0;
  int status = EVP_DigestFinal_ex(context, digest, &length);
  EVP_MD_CTX_free(context);
  return status == 1 && length == 32;
}
static inline void lcft_sha256_free(EVP_MD_CTX *context) { EVP_MD_CTX_free(context); }

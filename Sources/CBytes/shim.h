// Text searched 64 bytes at a time. Swift's SIMD types compare bytes, but cannot say in one word where they are equal,
// and the language has no prefetch.
#pragma once

#include <stdint.h>
#include <string.h>

typedef uint8_t lcft_bytes64 __attribute__((ext_vector_type(64)));
typedef _Bool lcft_flags64 __attribute__((ext_vector_type(64)));

// Bit i says whether text[i] is `byte`, of 64 bytes at any address.
static inline __attribute__((always_inline)) uint64_t lcft_places(const uint8_t *text, uint8_t byte) {
  lcft_bytes64 bytes;
  memcpy(&bytes, text, sizeof bytes);
  lcft_flags64 flags = __builtin_convertvector(bytes == byte, lcft_flags64);
  uint64_t places;
  memcpy(&places, &flags, sizeof places);
  return places;
}

// Bit i says whether text[i] is what may end a run of plain characters in a string: `quote`, a backslash, or a byte below
// `lowest`.
static inline __attribute__((always_inline)) uint64_t lcft_string_stops(
    const uint8_t *text, uint8_t quote, uint8_t lowest) {
  lcft_bytes64 bytes;
  memcpy(&bytes, text, sizeof bytes);
  lcft_flags64 flags =
      __builtin_convertvector((bytes == quote) | (bytes == (uint8_t)'\\') | (bytes < lowest), lcft_flags64);
  uint64_t places;
  memcpy(&places, &flags, sizeof places);
  return places;
}

// Asks for the cache line of `address`, which is read soon.
static inline __attribute__((always_inline)) void lcft_prefetch(const void *address) {
  __builtin_prefetch(address);
}

// zlib's header imports as it is, but inflateInit2 is a macro, which Swift cannot import.
#pragma once
#include <zlib.h>
static inline int lcft_inflate_init2(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

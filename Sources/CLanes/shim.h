// Vectors of floats that multiply and add in one instruction. Swift's SIMD types are these vectors, but their
// `addingProduct` goes lane by lane and their `*` and `+` are not fused.
#pragma once

typedef float lcft_float8 __attribute__((ext_vector_type(8)));
typedef float lcft_float16 __attribute__((ext_vector_type(16)));

// a b + c.
static inline __attribute__((always_inline)) lcft_float8 lcft_multiply_add8(
    lcft_float8 a, lcft_float8 b, lcft_float8 c) {
  return __builtin_elementwise_fma(a, b, c);
}
static inline __attribute__((always_inline)) lcft_float16 lcft_multiply_add16(
    lcft_float16 a, lcft_float16 b, lcft_float16 c) {
  return __builtin_elementwise_fma(a, b, c);
}

// Floats in one register of the processor that the build is for.
static inline __attribute__((always_inline)) int lcft_register_floats(void) {
#if defined(__AVX512F__)
  return 16;
#elif defined(__AVX__)
  return 8;
#else
  return 4;
#endif
}

// How many of these registers a product may count on.
static inline __attribute__((always_inline)) int lcft_vector_registers(void) {
#if defined(__AVX512F__)
  return 32;
#else
  return 16;
#endif
}

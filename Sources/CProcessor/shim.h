// The processor that the build is for, and the one that it runs on.
#pragma once

#include <stddef.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

// As the compiler names it: Package.swift gives LCFT_MARCH, which may be empty. Conditions of Swift (-D) have no values.
#define LCFT_TEXT_OF(name) #name
#define LCFT_TEXT(name) LCFT_TEXT_OF(name)

static inline const char *lcft_processor_target(void) { return LCFT_TEXT(LCFT_MARCH); }

#if defined(__x86_64__)
static inline int lcft_has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

// Whether this processor, and the system that runs on it, have the instructions of x86-64-v4 (AVX-512).
static inline int lcft_processor_is_v4(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")
      && lcft_has_avx512();
#else
  return 0;
#endif
}

// Of the instructions that the build may use, the first that this processor lacks; 0 where none of these is missing. A build
// for one processor (-march=sapphirerapids) may use rarer ones, too.
static inline const char *lcft_processor_lacks(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#if defined(__FMA__)
  if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#if defined(__BMI2__)
  if (!__builtin_cpu_supports("bmi2")) return "BMI2";
#endif
#if defined(__AVX512F__)
  if (!lcft_has_avx512()) return "AVX-512";
#endif
#if defined(__AVX512VNNI__)
  if (!__builtin_cpu_supports("avx512vnni")) return "AVX-512 VNNI";
#endif
#if defined(__AVX512BF16__)
  if (!__builtin_cpu_supports("avx512bf16")) return "AVX-512 BF16";
#endif
#endif
  return 0;
}

// Sets the bits of the processors that this thread may run on, in `words` of zeros; of none where the system does not tell.
// The calls of the C library want a feature macro that a module cannot set.
static inline void lcft_allowed_processors(unsigned long *words, size_t count) {
#if defined(__linux__)
  syscall(SYS_sched_getaffinity, 0, count * sizeof *words, words);
#endif
}

// Lets this thread, and those that it starts from now on, run on these processors. Returns whether the system has done so.
static inline int lcft_allow_processors(const unsigned long *words, size_t count) {
#if defined(__linux__)
  return syscall(SYS_sched_setaffinity, 0, count * sizeof *words, words) == 0;
#else
  return 0;
#endif
}

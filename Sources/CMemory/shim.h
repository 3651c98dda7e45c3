// memfd_create is behind _GNU_SOURCE, which Swift's Glibc module is built without, and older C libraries lack it.
#pragma once
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
static inline int lcft_memfd_create(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
}
#else
static inline int lcft_memfd_create(const char *name) {
  (void)name;
  errno = ENOSYS;
  return -1;
}
#endif

// A handler of signals that comes where there is no memory must ask for none, and Swift's runtime may.
struct lcft_crash {
  const char *line;
  size_t bytes;
  struct sigaction earlier[32];
};

// A local of a function, since Swift takes over no variables of a header.
static inline struct lcft_crash *lcft_crash(void) {
  static struct lcft_crash crash;
  return &crash;
}

static inline void lcft_judge_crash(int number) {
  if (errno == ENOMEM) _exit(write(2, lcft_crash()->line, lcft_crash()->bytes) < 0 ? 2 : 1);
  // What the signal is for comes again when this returns, and then leads to what it did before.
  sigaction(number, &lcft_crash()->earlier[number], NULL);
}

#if defined(__GLIBC__) || defined(__APPLE__)
#include <execinfo.h>
static inline void lcft_load_backtrace(void) {
  void *frame[1];
  backtrace(frame, 1);
}
#else
static inline void lcft_load_backtrace(void) {}
#endif

// From now on a signal of a crash that comes right after ENOMEM writes `line` and ends the process with 1.
static inline void lcft_judge_crashes(const char *line, size_t bytes) {
  lcft_crash()->line = line;
  lcft_crash()->bytes = bytes;
  // Without its backtracer Swift's runtime prints its stack before it aborts, by a library that is loaded for it: now,
  // since loading leaves another errno.
  lcft_load_backtrace();
  static const int numbers[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
  for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++) {
    struct sigaction action = {0};
    action.sa_handler = lcft_judge_crash;
    sigaction(numbers[n], &action, &lcft_crash()->earlier[numbers[n]]);
  }
}

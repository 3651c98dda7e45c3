// memfd_create is behind _GNU_SOURCE, which Swift's Glibc module is built without, and older C libraries lack it.
#pragma once
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
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
  // What lines begin with, and the file that a library is at work on.
  const char *name;
  char file[1024];
  // Calls of the library within one another; 0: none. How many there have been that were not within another.
  volatile sig_atomic_t depth, calls;
  struct sigaction earlier[32];
};

// A local of a function, since Swift takes over no variables of a header.
static inline struct lcft_crash *lcft_crash(void) {
  static struct lcft_crash crash;
  return &crash;
}

// Ends the process over the file that the library is at work on.
static inline void lcft_give_up(const char *what) {
  const char *parts[] = {lcft_crash()->name, ": ", lcft_crash()->file, what};
  for (unsigned n = 0; n < sizeof parts / sizeof *parts; n++)
    if (write(2, parts[n], strlen(parts[n])) < 0) _exit(2);
  _exit(1);
}

static inline void lcft_judge_crash(int number) {
  if (errno == ENOMEM) _exit(write(2, lcft_crash()->line, lcft_crash()->bytes) < 0 ? 2 : 1);
  if (lcft_crash()->depth > 0)
    lcft_give_up(": the file is damaged in a way that crashes the HDF5 library; make it anew, or copy it again\n");
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

// Comes after every half minute that this process has computed. A call that takes two minutes will not end: calls read and
// write some megabytes each.
static inline void lcft_judge_delay(int number) {
  static sig_atomic_t call, times;
  (void)number;
  if (lcft_crash()->depth == 0 || lcft_crash()->calls != call) times = 0;
  call = lcft_crash()->calls;
  if (lcft_crash()->depth > 0 && times++ == 4)
    lcft_give_up(
        ": the file is damaged in a way that the HDF5 library finds no end in; make it anew, or copy it again\n");
}

// Begins a call of a library on `file`. Calls are many: this asks nothing of the system.
static inline void lcft_enter_library(const char *file) {
  if (lcft_crash()->depth++ > 0) return;
  size_t bytes = strlen(file), most = sizeof lcft_crash()->file - 1;
  memcpy(lcft_crash()->file, file, bytes < most ? bytes : most);
  lcft_crash()->file[bytes < most ? bytes : most] = 0;
  lcft_crash()->calls++;
}

static inline void lcft_leave_library(void) { lcft_crash()->depth--; }

// From now on a signal of a crash that comes right after ENOMEM writes `line` and ends the process with 1, and so does one
// within a library with a line of its own, which begins with `name`.
static inline void lcft_judge_crashes(const char *line, size_t bytes, const char *name) {
  lcft_crash()->line = line;
  lcft_crash()->bytes = bytes;
  lcft_crash()->name = name;
  // A library that calls itself without end leaves no room on the stack.
  static char room[1 << 16];
  stack_t other = {.ss_sp = room, .ss_size = sizeof room};
  sigaltstack(&other, NULL);
  // Without its backtracer Swift's runtime prints its stack before it aborts, by a library that is loaded for it: now,
  // since loading leaves another errno.
  lcft_load_backtrace();
  static const int numbers[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++) {
    struct sigaction action = {0};
    action.sa_handler = lcft_judge_crash;
    action.sa_flags = SA_ONSTACK;
    sigaction(numbers[n], &action, &lcft_crash()->earlier[numbers[n]]);
  }
  struct sigaction delay = {0};
  delay.sa_handler = lcft_judge_delay;
  delay.sa_flags = SA_RESTART;
  sigaction(SIGVTALRM, &delay, NULL);
  struct itimerval every = {{30, 0}, {30, 0}};
  setitimer(ITIMER_VIRTUAL, &every, NULL);
}

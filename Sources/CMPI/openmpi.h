// What Open MPI needs besides mpi.h. It compiles with any MPI.
#pragma once
#include <dlfcn.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

// Open MPI prints its paragraphs through this function pointer, a variable of its own library; where it does not
// exist (another release, another MPI) nothing happens. A variadic function of C is out of Swift's reach.
static inline int lcft_openmpi_no_help(const char *file, const char *topic, int want_error_header, ...) {
  (void)file, (void)topic, (void)want_error_header;
  return 0;
}
static inline void lcft_openmpi_silence_abort(void) {
  void *help = dlsym(RTLD_DEFAULT, "opal_show_help");
  if (help) *(int (**)(const char *, const char *, int, ...))help = lcft_openmpi_no_help;
}

// Whether this process may copy from another one's memory, as far as it can tell by its own: where the system call is
// filtered (containers without ptrace), or interposed, it fails for every process. Looked up, as the C library declares
// it only for _GNU_SOURCE.
static inline int lcft_can_copy(void) {
  typedef ssize_t (*copy)(pid_t, const struct iovec *, unsigned long, const struct iovec *, unsigned long, unsigned long);
  copy read = (copy)dlsym(RTLD_DEFAULT, "process_vm_readv");
  if (!read) return 0;
  char from = 1, to = 0;
  struct iovec source = {&from, 1}, target = {&to, 1};
  return read(getpid(), &target, 1, &source, 1, 0) == 1 && to == 1;
}

// memfd_create is behind _GNU_SOURCE, which Swift's Glibc module is built without, and older C libraries lack it.
#pragma once
#include <errno.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
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

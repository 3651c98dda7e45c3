// The C library's calls on files and memory, each of which asks faults.c first and tells record.c afterwards.
#define _GNU_SOURCE
#include "control.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

void track(int descriptor, int is_counted);
int is_tracked(int descriptor);
int counted_memory(long bytes, const void *caller);

#define CALLER __builtin_return_address(0)
#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
// Returns `failed` with errno set where this call is the one that fails.
#define FAIL(kind, path, descriptor, failed) \
  do { \
    int code = fault(kind, __func__, path, descriptor); \
    if (code != 0) { errno = code; return failed; } \
  } while (0)
#define ALIAS(name, other) __typeof__(name) other __attribute__((alias(#name)))

static int opened(int descriptor, const char *path, int flags, int was_there) {
  if (descriptor < 0) return descriptor;
  track(descriptor, 1);
  record_opened(descriptor, path, !was_there && (flags & O_CREAT), flags & O_TRUNC);
  return descriptor;
}

int open(const char *path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  mode_t access = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!counted_path(path, CALLER)) {
    int descriptor = real(path, flags, access);
    track(descriptor, 0);
    return descriptor;
  }
  FAIL(OPEN, path, -1, -1);
  int was_there = record_exists(path);
  return opened(real(path, flags, access), path, flags, was_there);
}
ALIAS(open, open64);

int openat(int folder, const char *path, int flags, ...) {
  REAL(openat);
  va_list rest;
  va_start(rest, flags);
  mode_t access = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (folder != AT_FDCWD || !counted_path(path, CALLER)) {
    int descriptor = real(folder, path, flags, access);
    track(descriptor, 0);
    return descriptor;
  }
  FAIL(OPEN, path, -1, -1);
  int was_there = record_exists(path);
  return opened(real(folder, path, flags, access), path, flags, was_there);
}
ALIAS(openat, openat64);

FILE *fopen(const char *path, const char *mode) {
  REAL(fopen);
  int counts = counted_path(path, CALLER);
  if (counts) FAIL(OPEN, path, -1, NULL);
  FILE *file = real(path, mode);
  if (file != NULL) track(fileno(file), counts);
  return file;
}
ALIAS(fopen, fopen64);

DIR *opendir(const char *path) {
  REAL(opendir);
  if (counted_path(path, CALLER)) FAIL(OPEN, path, -1, NULL);
  return real(path);
}

int mkstemp(char *path) {
  REAL(mkstemp);
  if (!counted_path(path, CALLER)) return real(path);
  FAIL(OPEN, path, -1, -1);
  return opened(real(path), path, O_CREAT, 0);
}
ALIAS(mkstemp, mkstemp64);

int fclose(FILE *file) {
  REAL(fclose);
  int descriptor = fileno(file), counts = is_tracked(descriptor);
  int code = counts ? fault(CLOSE, __func__, NULL, descriptor) : 0;
  track(descriptor, 0);
  int result = real(file);
  if (code == 0) return result;
  errno = code;
  return EOF;
}

// The descriptor is free whatever close says.
int close(int descriptor) {
  REAL(close);
  int code = control != NULL && is_tracked(descriptor) ? fault(CLOSE, __func__, NULL, descriptor) : 0;
  track(descriptor, 0);
  int result = real(descriptor);
  if (code == 0) return result;
  errno = code;
  return -1;
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  REAL(read);
  if (counted_file(descriptor, CALLER)) FAIL(READ, NULL, descriptor, -1);
  return real(descriptor, bytes, count);
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  REAL(pread);
  if (counted_file(descriptor, CALLER)) FAIL(READ, NULL, descriptor, -1);
  return real(descriptor, bytes, count, offset);
}
ALIAS(pread, pread64);

ssize_t write(int descriptor, const void *bytes, size_t count) {
  REAL(write);
  if (!counted_file(descriptor, CALLER)) return real(descriptor, bytes, count);
  int code = fault(WRITE, __func__, NULL, descriptor);
  if (code > 0) { errno = code; return -1; }
  long offset = record_position(descriptor);
  ssize_t result = real(descriptor, bytes, code < 0 ? (count + 1) / 2 : count);
  record_written(descriptor, bytes, result, offset);
  return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite);
  if (!counted_file(descriptor, CALLER)) return real(descriptor, bytes, count, offset);
  int code = fault(WRITE, __func__, NULL, descriptor);
  if (code > 0) { errno = code; return -1; }
  ssize_t result = real(descriptor, bytes, code < 0 ? (count + 1) / 2 : count, offset);
  record_written(descriptor, bytes, result, offset);
  return result;
}
ALIAS(pwrite, pwrite64);

// Nothing of lcft writes so; a file that it wrote to without being recorded would be found to differ.
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  REAL(writev);
  if (counted_file(descriptor, CALLER)) FAIL(WRITE, NULL, descriptor, -1);
  return real(descriptor, parts, count);
}

int ftruncate(int descriptor, off_t bytes) {
  REAL(ftruncate);
  if (!counted_file(descriptor, CALLER)) return real(descriptor, bytes);
  FAIL(CUT, NULL, descriptor, -1);
  int result = real(descriptor, bytes);
  if (result == 0) record_cut(descriptor, bytes);
  return result;
}
ALIAS(ftruncate, ftruncate64);

int truncate(const char *path, off_t bytes) {
  REAL(truncate);
  if (!counted_path(path, CALLER)) return real(path, bytes);
  FAIL(CUT, path, -1, -1);
  int result = real(path, bytes);
  int descriptor = result == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor >= 0) { record_cut(descriptor, bytes); close(descriptor); }
  return result;
}
ALIAS(truncate, truncate64);

int posix_fallocate(int descriptor, off_t offset, off_t count) {
  REAL(posix_fallocate);
  int code = counted_file(descriptor, CALLER) ? fault(CUT, __func__, NULL, descriptor) : 0;
  return code != 0 ? code : real(descriptor, offset, count);
}
ALIAS(posix_fallocate, posix_fallocate64);

int fsync(int descriptor) {
  REAL(fsync);
  if (!counted_file(descriptor, CALLER)) return real(descriptor);
  FAIL(SYNC, NULL, descriptor, -1);
  record_synced(descriptor);
  return control->record[0] ? 0 : real(descriptor);
}
ALIAS(fsync, fdatasync);

int rename(const char *old, const char *name) {
  REAL(rename);
  if (!counted_path(name, CALLER)) return real(old, name);
  FAIL(RENAME, name, -1, -1);
  int result = real(old, name);
  if (result == 0) record_renamed(old, name);
  return result;
}

int link(const char *old, const char *name) {
  REAL(link);
  if (!counted_path(name, CALLER)) return real(old, name);
  FAIL(LINK, name, -1, -1);
  int result = real(old, name);
  if (result == 0) record_linked(old, name);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  if (!counted_path(path, CALLER)) return real(path);
  FAIL(REMOVE, path, -1, -1);
  int result = real(path);
  if (result == 0) record_removed(path);
  return result;
}

int rmdir(const char *path) {
  REAL(rmdir);
  if (!counted_path(path, CALLER)) return real(path);
  FAIL(REMOVE, path, -1, -1);
  int result = real(path);
  if (result == 0) record_folder(path, 0);
  return result;
}

int mkdir(const char *path, mode_t access) {
  REAL(mkdir);
  if (!counted_path(path, CALLER)) return real(path, access);
  FAIL(FOLDER, path, -1, -1);
  int result = real(path, access);
  if (result == 0) record_folder(path, 1);
  return result;
}

void *mmap(void *start, size_t bytes, int access, int flags, int descriptor, off_t offset) {
  REAL(mmap);
  if (descriptor >= 0 ? counted_file(descriptor, CALLER) : counted_memory((long)bytes, CALLER))
    FAIL(MAP, NULL, descriptor, MAP_FAILED);
  return real(start, bytes, access, flags, descriptor, offset);
}
ALIAS(mmap, mmap64);

// The C library's own, which are there before any symbol can be looked up.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t bytes) {
  if (counted_memory((long)bytes, CALLER)) FAIL(MEMORY, NULL, -1, NULL);
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  if (counted_memory((long)(count * bytes), CALLER)) FAIL(MEMORY, NULL, -1, NULL);
  return __libc_calloc(count, bytes);
}

void *realloc(void *start, size_t bytes) {
  if (counted_memory((long)bytes, CALLER)) FAIL(MEMORY, NULL, -1, NULL);
  return __libc_realloc(start, bytes);
}

int posix_memalign(void **start, size_t alignment, size_t bytes) {
  int code = counted_memory((long)bytes, CALLER) ? fault(MEMORY, __func__, NULL, -1) : 0;
  // As glibc does, though the standard does not say so.
  if (code != 0) return errno = code;
  *start = __libc_memalign(alignment, bytes);
  return *start == NULL ? ENOMEM : 0;
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  if (counted_memory((long)bytes, CALLER)) FAIL(MEMORY, NULL, -1, NULL);
  return __libc_memalign(alignment, bytes);
}

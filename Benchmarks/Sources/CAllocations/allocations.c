#include "allocations.h"

#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static uint64_t count;

uint64_t allocation_count(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

static void counted(void) { __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED); }

void *malloc(size_t bytes) {
  counted();
  return __libc_malloc(bytes);
}

void *calloc(size_t items, size_t bytes) {
  counted();
  return __libc_calloc(items, bytes);
}

void *realloc(void *old, size_t bytes) {
  counted();
  return __libc_realloc(old, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  counted();
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  counted();
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  counted();
  *result = __libc_memalign(alignment, bytes);
  return *result ? 0 : ENOMEM;
}

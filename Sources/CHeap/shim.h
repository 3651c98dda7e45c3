// The GNU C library's own mallopt, which Swift's Glibc module does not have. Declared here, as <malloc.h> would bring
// headers into this module that are Glibc's.
#pragma once
#ifdef __linux__
#include <features.h>
#endif

#ifdef __GLIBC__
extern int mallopt(int parameter, int value);
// Sets from which size on blocks are mapped by themselves, and how much that is free at the end of the heap stays.
static inline void lcft_give_back_blocks(int mapped, int kept) {
  mallopt(-3 /* M_MMAP_THRESHOLD */, mapped);
  mallopt(-1 /* M_TRIM_THRESHOLD */, kept);
}
#else
static inline void lcft_give_back_blocks(int mapped, int kept) {
  (void)mapped;
  (void)kept;
}
#endif

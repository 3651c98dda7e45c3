// Counts the heap allocations of this process: the executable's malloc stands before glibc's.
#pragma once
#include <stdint.h>

uint64_t allocation_count(void);

#pragma once
#include <stdint.h>

// Instructions that this thread has executed in user mode since the first call; 0 where the machine does not count them, as
// many virtual ones, or where the system does not say.
uint64_t instruction_count(void);

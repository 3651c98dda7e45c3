// The processor that the build is for, as the compiler names it: Package.swift gives LCFT_MARCH, which may be empty.
// Conditions of Swift (-D) have no values.
#pragma once

#define LCFT_TEXT_OF(name) #name
#define LCFT_TEXT(name) LCFT_TEXT_OF(name)

static inline const char *lcft_processor_target(void) { return LCFT_TEXT(LCFT_MARCH); }

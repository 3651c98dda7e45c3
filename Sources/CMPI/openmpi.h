// What only Open MPI has.
#pragma once
#include <dlfcn.h>

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

// What Swift cannot import from mpi.h: Open MPI's handles and pointer constants are casts of the
// addresses of globals (MPI_COMM_WORLD) or of small integers (MPI_IN_PLACE), written as macros.
#pragma once
#include <dlfcn.h>
#include <mpi.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

static inline MPI_Comm lcft_mpi_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm lcft_mpi_comm_null(void) { return MPI_COMM_NULL; }
static inline MPI_Errhandler lcft_mpi_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline MPI_Info lcft_mpi_info_null(void) { return MPI_INFO_NULL; }
static inline MPI_Request lcft_mpi_request_null(void) { return MPI_REQUEST_NULL; }
static inline void *lcft_mpi_in_place(void) { return MPI_IN_PLACE; }

static inline MPI_Datatype lcft_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype lcft_mpi_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype lcft_mpi_double(void) { return MPI_DOUBLE; }
static inline MPI_Datatype lcft_mpi_int32(void) { return MPI_INT32_T; }
static inline MPI_Datatype lcft_mpi_int64(void) { return MPI_INT64_T; }
static inline MPI_Datatype lcft_mpi_uint8(void) { return MPI_UINT8_T; }
static inline MPI_Datatype lcft_mpi_uint64(void) { return MPI_UINT64_T; }

static inline MPI_Op lcft_mpi_sum(void) { return MPI_SUM; }
static inline MPI_Op lcft_mpi_min(void) { return MPI_MIN; }
static inline MPI_Op lcft_mpi_max(void) { return MPI_MAX; }

// Open MPI's MPI_Abort makes mpirun print a paragraph that buries the one line that matters. It does
// so through this function pointer, a variable of its own library; where it does not exist (another
// release, another MPI) nothing happens. A variadic function of C is out of Swift's reach.
static inline int lcft_mpi_no_help(const char *file, const char *topic, int want_error_header, ...) {
  (void)file, (void)topic, (void)want_error_header;
  return 0;
}
static inline void lcft_mpi_silence_abort(void) {
  void *help = dlsym(RTLD_DEFAULT, "opal_show_help");
  if (help) *(int (**)(const char *, const char *, int, ...))help = lcft_mpi_no_help;
}

// The processors that this process may run on, a bit each; the bytes written, or a negative number. The library's
// own sched_getaffinity is hidden without _GNU_SOURCE, and syscall is variadic.
static inline long lcft_affinity(void *mask, size_t bytes) {
#if defined(__linux__)
  return syscall(SYS_sched_getaffinity, 0, bytes, mask);
#else
  (void)mask, (void)bytes;
  return -1;
#endif
}

// What Swift cannot import from mpi.h: handles and constant pointers that are macros. Open MPI casts the addresses
// of globals (MPI_COMM_WORLD) or small integers (MPI_IN_PLACE), other MPIs cast integers.
#pragma once
#include <mpi.h>
#include "openmpi.h"

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

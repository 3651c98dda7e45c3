// Open MPI's constants are casts of the addresses of globals, which Swift cannot import as macros.
#pragma once
#include <mpi.h>
static inline MPI_Comm lcft_mpi_comm_world(void) { return MPI_COMM_WORLD; }

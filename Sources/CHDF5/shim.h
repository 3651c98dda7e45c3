// HDF5's H5F_ACC_*, H5P_* and H5T_NATIVE_* are macros that call H5open() first; Swift cannot import them.
#pragma once
#include <hdf5.h>

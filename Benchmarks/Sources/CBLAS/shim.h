// OpenBLAS's header imports as it is; the module exists to name it and to link it.
#pragma once
#include <cblas.h>

// libdeflate's interface imports as it is.
#pragma once
#include <libdeflate.h>

#ifndef OBLIGOR_KERNELS_H
#define OBLIGOR_KERNELS_H

#include "scorer.h"

#endif

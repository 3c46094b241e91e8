#ifndef OBLIGOR_KERNELS_H
#define OBLIGOR_KERNELS_H

#include "instructions.h"
#include "logistic.h"
#include "scorer.h"

#endif

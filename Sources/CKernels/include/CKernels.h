#ifndef OBLIGOR_KERNELS_H
#define OBLIGOR_KERNELS_H

#include "boosting.h"
#include "conditions.h"
#include "csv.h"
#include "forest.h"
#include "forest_contributions.h"
#include "free_memory.h"
#include "instructions.h"
#include "logistic.h"
#include "policy.h"
#include "reasons.h"
#include "rules.h"
#include "scorer.h"

#endif

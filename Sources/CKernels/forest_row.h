#ifndef OBLIGOR_FOREST_ROW_H
#define OBLIGOR_FOREST_ROW_H

#include "forest.h"

// Adds the scores of one row whose ranks and classes are known; the columns of sets are filled here.
void obligor_forest_add_prepared_row(obligor_instructions instructions, const obligor_forest *forest, int8_t *ranks,
                                     const uint8_t *classes, double *sums);

#endif

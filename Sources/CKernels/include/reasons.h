#ifndef OBLIGOR_REASONS_H
#define OBLIGOR_REASONS_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// One reason for a row's score: a term and the points that it cost; term -1 where there are no more reasons.
typedef struct {
    int32_t term;
    float points_lost;
} obligor_reason;

// The most reasons of one row.
enum { OBLIGOR_MOST_REASONS = 100 };

// The terms that cost a row most: those with the largest scale * (contribution - reference) > 0, the largest first
// and the earlier term first among equals.
//
// Row i has contributions[t * rows + i] of term t, and its reasons go to reasons[i * count] and the following;
// count is 1 ... OBLIGOR_MOST_REASONS.
void obligor_rank_losses(
    obligor_instructions instructions, const double *contributions, const double *references, double scale,
    size_t terms, size_t rows, size_t count, obligor_reason *reasons);

#endif

#ifndef OBLIGOR_POLICY_H
#define OBLIGOR_POLICY_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// What a credit policy gives by rank of the grade, 0 for AAA to 9 for D; the rest of the 16 places is 0. Amounts are
// whole minor units, shares millionths.
typedef struct {
    double own_capital[16];     // share of own capital, at most 10,000,000
    double turnover[16];        // share of yearly turnover, at most 10,000,000
    double without_figures[16]; // limit where neither is known
    double maximum[16];         // at most 10^13
    double terms[16];           // days
    double loss[16];            // loss given default, a fraction
    double minor_per_major;
    double step;                // limits are multiples of this
    double new_months;          // customers known for less are new
    double new_terms;           // their longest terms
    double new_share;           // their part of the limit, at most 1,000,000
} obligor_policy;

// What one obligor is granted.
typedef struct {
    int64_t limit;
    int64_t exposure;
    int64_t expected_loss;
    uint16_t terms;
    uint8_t raw;
    uint8_t final;
} obligor_granted;

// The largest amount that is told apart from larger ones, in minor units.
#define OBLIGOR_LARGEST_AMOUNT 0x1p51

// Grants every row its limit and terms by the lowest four bits of its final rank; own capital, turnover, exposure and
// months known are major units and months, NaN where missing, and may be NULL where nobody's is known. Bit i % 64 of
// blocked[i / 64] says that row i gets nothing.
// All instructions give the same bits.
void obligor_grant(
    obligor_instructions instructions, const obligor_policy *policy, const uint8_t *raw, const uint8_t *final,
    const double *pds, const double *own_capital, const double *turnover, const double *exposure, const double *months,
    const uint64_t *blocked, size_t rows, obligor_granted *granted);

#endif

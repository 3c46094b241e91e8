#ifndef OBLIGOR_CONDITIONS_H
#define OBLIGOR_CONDITIONS_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// How two numbers are compared; with NaN on a side none holds, "unequal" included.
typedef enum {
    OBLIGOR_BELOW = 0,
    OBLIGOR_AT_MOST = 1,
    OBLIGOR_EQUAL = 2,
    OBLIGOR_UNEQUAL = 3,
    OBLIGOR_AT_LEAST = 4,
    OBLIGOR_ABOVE = 5,
    OBLIGOR_MISSING = 6, // the left side is NaN; the right side is not looked at
    OBLIGOR_PRESENT = 7, // the left side is not NaN
} obligor_comparison;

// Sets bit i % 64 of bits[i / 64] where values[i] compares with a number, and clears it elsewhere, for i < rows; bits
// beyond the rows are cleared.
void obligor_compare_f64(
    obligor_instructions instructions, obligor_comparison comparison, const double *values, size_t rows, double number,
    uint64_t *bits);
void obligor_compare_f32(
    obligor_instructions instructions, obligor_comparison comparison, const float *values, size_t rows, double number,
    uint64_t *bits);

// The same between two columns.
void obligor_compare_columns(
    obligor_instructions instructions, obligor_comparison comparison, const double *left, const double *right,
    size_t rows, uint64_t *bits);

// For each value the number of bounds that it reaches: how many k have values[i] >= bounds[k]; 0 for NaN.
void obligor_reached_bounds(
    obligor_instructions instructions, const double *values, size_t rows, const double *bounds, size_t bound_count,
    uint8_t *reached);

// The place of the first value that is not in least ... largest, NaN among them; `rows` where all are.
size_t obligor_first_outside(
    obligor_instructions instructions, const double *values, size_t rows, double least, double largest);

#endif

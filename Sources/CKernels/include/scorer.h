#ifndef OBLIGOR_SCORER_H
#define OBLIGOR_SCORER_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// Contributions of one characteristic to the log-odds of many rows, added to `sums`.
//
// Every row is worked on alone, and the products and sums are never fused or reordered, so that a row gets
// the same bits from every version below, at any place in any block.

// A piecewise constant characteristic. Slots: 0 ... edge_count are the bins between the edges, bin b holding
// the values that are >= exactly b edges; slot edge_count + 1 is missing (NaN); slot edge_count + 2 + s is the
// special value s, which comes before the bins. Edges ascend.
typedef struct {
    const float *edges;
    size_t edge_count;
    const float *specials;
    size_t special_count;
    const double *contributions; // one per slot
} obligor_bins_f32;

typedef struct {
    const double *edges;
    size_t edge_count;
    const double *specials;
    size_t special_count;
    const double *contributions;
} obligor_bins_f64;

void obligor_add_binned_f32(
    obligor_instructions instructions, const float *values, size_t count, obligor_bins_f32 bins, double *sums);
void obligor_add_binned_f64(
    obligor_instructions instructions, const double *values, size_t count, obligor_bins_f64 bins, double *sums);

// A linear characteristic: slope * (clamp(x, lower, upper) - centre), cut to [-limit, limit].
typedef struct {
    double slope, centre, lower, upper, limit, missing;
    const double *specials;
    const double *special_contributions;
    size_t special_count;
} obligor_line;

void obligor_add_linear_f32(const float *values, size_t count, obligor_line line, double *sums);
void obligor_add_linear_f64(const double *values, size_t count, obligor_line line, double *sums);

// A characteristic given by codes: contributions[code], the last of them for every code beyond.
void obligor_add_codes_u32(const uint32_t *codes, size_t count, const double *contributions, size_t last, double *sums);

// A piecewise constant characteristic of at most 16 slots, laid out for registers; made by obligor_fit_bins_f32.
typedef struct {
    // Edges, then NaN.
    float edges[17];
    float specials[14];
    uint32_t special_count;
    // Contributions: of the bins from the first place on, of missing in the last, of special values before it,
    // the last of them foremost.
    double slots[16];
} obligor_fitted_f32;

// Whether the bins have at most 16 slots; then `fitted` is filled.
int obligor_fit_bins_f32(obligor_bins_f32 bins, obligor_fitted_f32 *fitted);

// Adds the contributions of several columns, in their order, to the sums of rows first ... first + count - 1;
// sums[0] belongs to row `first`.
void obligor_add_fitted_f32(
    obligor_instructions instructions, const float *const *values, const obligor_fitted_f32 *fitted, size_t columns,
    size_t first, size_t count, double *sums);

// The same for byte codes; every table has 256 entries, of which the first `used` can differ from the last.
void obligor_add_tables_u8(
    obligor_instructions instructions, const uint8_t *const *codes, const double *const *tables, size_t used,
    size_t columns, size_t first, size_t count, double *sums);

#endif

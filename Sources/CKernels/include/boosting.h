#ifndef OBLIGOR_BOOSTING_H
#define OBLIGOR_BOOSTING_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// Loops of histogram gradient boosting. Bins lie row after row in lines of `stride` bins, so that one row's bins are
// read together.

// From one histogram to the next where all have the same room: more than any byte counts, and no multiple of 256, so
// that equal bins of features do not share cache sets.
enum { OBLIGOR_BIN_STRIDE = 264 };

// Features whose histograms are filled together: so many fit into the first level of the cache beside the rows of a
// block. All fifty of a wide set do not, and a sum that has to be fetched from the second level costs half as much
// again.
enum { OBLIGOR_FEATURES_AT_ONCE = 10 };

// Numbers that the search for a threshold needs for every bin.
enum { OBLIGOR_THRESHOLD_SCRATCH = 5 };

// Which features of a line are worked on, and where the histogram of each begins.
typedef struct {
    size_t stride;
    size_t count;             // of the features worked on
    size_t start;             // the first place in the line
    const uint32_t *features; // their places in the line; NULL for start ..< start + count
    const uint32_t *offsets;  // of their first bins among the sums
    int is_strided;           // whether the histogram of place p begins at p * OBLIGOR_BIN_STRIDE
} obligor_bin_layout;

// Adds the rows of a node to its histograms in packed integers: gradient in the high, hessian in the low 32 bits.
//
// Integer sums are exact, so any cut of the rows gives the same histogram.
//
// - columns: The same bins column after column, `row_count` each.
// - rows: Row numbers, or NULL for first ..< first + count.
// - packed: By row, a signed 16-bit gradient in the high half and an unsigned 16-bit hessian in the low one.
void obligor_histogram_packed_u8(const uint8_t *bins, const uint8_t *columns, size_t row_count,
                                 obligor_bin_layout layout, const uint32_t *rows, size_t first, size_t count,
                                 const int32_t *packed, int64_t *sums);
void obligor_histogram_packed_u16(const uint16_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t first,
                                  size_t count, const int32_t *packed, int64_t *sums);

// The same in doubles, (gradient, hessian) a bin: rows are added in their order, so a cut by features gives the same
// histogram.
void obligor_histogram_exact_u8(const uint8_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t first,
                                size_t count, const float *gradients, const float *hessians, double *sums);
void obligor_histogram_exact_u16(const uint16_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t first,
                                 size_t count, const float *gradients, const float *hessians, double *sums);

// Adds the number of listed rows in every bin.
void obligor_count_rows_u8(const uint8_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t count,
                           uint32_t *counts);
void obligor_count_rows_u16(const uint16_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t count,
                            uint32_t *counts);

// ---- Loops in versions by instructions; every version gives the same bits: no product is fused with a sum.

// Deals rows to the left (goes_left[bin] = 1) or the right (0), each side in the old order; returns how many went left.
// Both sides need room for `count` rows, and the left one may be `rows` itself; `column` holds the bin of every row of
// the data.
size_t obligor_partition_u8(obligor_instructions instructions, const uint8_t *column, const uint8_t *goes_left,
                            const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right);
size_t obligor_partition_u16(obligor_instructions instructions, const uint16_t *column, const uint8_t *goes_left,
                             const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right);

// Gradient and hessian of the binary log loss: w (p - y) and w p (1 - p) with p = 1 / (1 + exp(-score)).
// weights may be NULL for all 1.
void obligor_binary_gradients(obligor_instructions instructions, const double *scores, const float *outcomes,
                              const float *weights, size_t count, float *gradients, float *hessians);

// The same of every class of the K-class log loss: w (p_k - 1{y = k}) and w K / (K - 1) p_k (1 - p_k), p = softmax of the
// scores. scores has classes >= 2 stretches of `stride` rows; of all arrays the rows first_row ..< first_row + count are
// read or written.
void obligor_softmax_gradients(obligor_instructions instructions, const double *scores, size_t stride, size_t classes,
                               const float *outcomes, const float *weights, size_t first_row, size_t count,
                               float *const *gradients, float *const *hessians);

// What rounding gradients is judged by.
typedef struct {
    float largest_gradient, largest_hessian; // of absolute values
    double gradients, hessians;              // sums of absolute values
    double squares;                          // sum of squared gradients
} obligor_gradient_extent;

obligor_gradient_extent obligor_extent_of_gradients(obligor_instructions instructions, const float *gradients,
                                                    const float *hessians, size_t count);

// Packs gradients: q = floor(g * gradient_scale + u), likewise for hessians, with u in [0, 1) from a hash of
// (key, row), so that sums of rounded values are unbiased whatever the scale.
void obligor_pack_gradients(obligor_instructions instructions, const float *gradients, const float *hessians,
                            size_t first_row, size_t count, float gradient_scale, float hessian_scale, uint32_t key,
                            int32_t *packed);

// Bin of each value: the number of upper bounds below it, and `missing` for NaN. bound_count <= 65535.
void obligor_bin_f32(obligor_instructions instructions, const float *values, size_t count, const float *upper_bounds,
                     size_t bound_count, uint16_t missing, uint16_t *bins);
void obligor_bin_f64(obligor_instructions instructions, const double *values, size_t count,
                     const double *upper_bounds, size_t bound_count, uint16_t missing, uint16_t *bins);

// What splits of a leaf are judged by. A side with gradient G and hessian H, in units of the loss, and a value w is
// worth -(2 G w + (H + l2) w^2 + 2 l1 |w|), at the best w in [lower, upper].
typedef struct {
    double gradient, hessian, rows;       // of the leaf, in units of the histogram's sums
    double gradient_unit, hessian_unit;   // what one unit of the sums is
    double minimum_rows, minimum_hessian; // of a side
    double l1, l2;
    double lower, upper;
    int direction; // +1: the left value must not exceed the right one; -1: the other way round; 0: free
    double parent_worth;
    double minimum_gain;
    double to_beat; // a gain that another feature has; one that is not larger need not be found
} obligor_split_terms;

// The best threshold: bins 0 ... bin go left, the others right; missing where missing_left says.
typedef struct {
    double gain; // above minimum_gain, or negative where no threshold is allowed
    double left_gradient, left_hessian; // in units of the histogram's sums
    int32_t bin;
    int32_t missing_left; // 1 or 0; -1 where the leaf has no missing values
} obligor_threshold;

// Searches a feature's histogram of `bins` value bins and, behind them, the bin of missing values.
//
// Gains are worth(left) + worth(right) - parent_worth; of equal gains the first counts, with missing values on the
// right before those with them on the left. `counts` holds the rows of every bin, or is NULL where they are shared
// out as the hessian is. `scratch` has room for OBLIGOR_THRESHOLD_SCRATCH * bins doubles. Sums are packed integers, or
// pairs of doubles.
obligor_threshold obligor_best_threshold_packed(obligor_instructions instructions, const int64_t *sums,
                                                const uint32_t *counts, size_t bins, obligor_split_terms terms,
                                                double *scratch);
obligor_threshold obligor_best_threshold_exact(obligor_instructions instructions, const double *sums,
                                               const uint32_t *counts, size_t bins, obligor_split_terms terms,
                                               double *scratch);

#endif

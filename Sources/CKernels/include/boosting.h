#ifndef OBLIGOR_BOOSTING_H
#define OBLIGOR_BOOSTING_H

#include <stddef.h>
#include <stdint.h>

// Loops of histogram gradient boosting. Bins lie row after row in lines of `stride` bins, a multiple of 8, so that
// one row's bins are read together.

// Adds the rows of a node to its histograms in packed integers: gradient in the high, hessian in the low 32 bits.
//
// Feature f's bin b is sums[f * sum_stride + b]; the features of a line beyond `features` are padding and have
// sums too. Integer sums are exact, so any cut of the rows gives the same histogram.
//
// - rows: Row numbers, or NULL for first ..< first + count.
// - packed: By row, a signed 16-bit gradient in the high half and an unsigned 16-bit hessian in the low one.
void obligor_histogram_packed_u8(const uint8_t *bins, size_t stride, const uint32_t *rows, size_t first, size_t count,
                                 const int32_t *packed, int64_t *sums, size_t sum_stride);
void obligor_histogram_packed_u16(const uint16_t *bins, size_t stride, const uint32_t *rows, size_t first,
                                  size_t count, const int32_t *packed, int64_t *sums, size_t sum_stride);

// The same in doubles, (gradient, hessian) a bin, for the features first_feature ..< last_feature: rows are added in
// their order, so a cut by features gives the same histogram.
void obligor_histogram_exact_u8(const uint8_t *bins, size_t stride, const uint32_t *rows, size_t first, size_t count,
                                const float *gradients, const float *hessians, size_t first_feature,
                                size_t last_feature, double *sums, size_t sum_stride);
void obligor_histogram_exact_u16(const uint16_t *bins, size_t stride, const uint32_t *rows, size_t first,
                                 size_t count, const float *gradients, const float *hessians, size_t first_feature,
                                 size_t last_feature, double *sums, size_t sum_stride);

// Deals rows to the left (goes_left[bin] != 0) or the right, each side in the old order; returns how many went left.
// Both sides need room for `count` rows; `column` holds the bin of every row of the data.
size_t obligor_partition_u8(const uint8_t *column, const uint8_t *goes_left, const uint32_t *rows, size_t count,
                            uint32_t *left, uint32_t *right);
size_t obligor_partition_u16(const uint16_t *column, const uint8_t *goes_left, const uint32_t *rows, size_t count,
                             uint32_t *left, uint32_t *right);

// Gradient and hessian of the binary log loss: w (p - y) and w p (1 - p) with p = 1 / (1 + exp(-score)).
// weights may be NULL for all 1. Every processor gives the same bits: no product is fused with a sum.
void obligor_binary_gradients(const double *scores, const float *outcomes, const float *weights, size_t count,
                              float *gradients, float *hessians);

// Packs gradients: q = floor(g * gradient_scale + u), likewise for hessians, with u in [0, 1) from a hash of
// (key, row), so that sums of rounded values are unbiased whatever the scale.
void obligor_pack_gradients(const float *gradients, const float *hessians, size_t first_row, size_t count,
                            float gradient_scale, float hessian_scale, uint32_t key, int32_t *packed);

// Bin of each value: the number of upper bounds below it, and `missing` for NaN. bound_count <= 65535.
void obligor_bin_f32(const float *values, size_t count, const float *upper_bounds, size_t bound_count,
                     uint16_t missing, uint16_t *bins);
void obligor_bin_f64(const double *values, size_t count, const double *upper_bounds, size_t bound_count,
                     uint16_t missing, uint16_t *bins);

#endif

#ifndef OBLIGOR_LOGISTIC_H
#define OBLIGOR_LOGISTIC_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// How much one pass over the rows works out: the loss; the loss and its gradient; both and the hessian.
typedef enum {
    OBLIGOR_LOGISTIC_LOSS = 0,
    OBLIGOR_LOGISTIC_GRADIENT = 1,
    OBLIGOR_LOGISTIC_HESSIAN = 2,
} obligor_logistic_order;

// Doubles of working memory a pass over `columns` columns needs.
int64_t obligor_logistic_scratch(int64_t columns, obligor_logistic_order order);

// Loss, gradient and hessian of sum of w * (log(1 + exp(eta)) - y * eta) over some rows.
//
// Row i has eta = offset[i] + b[0] + sum over j of b[j + 1] * z(i, j) with
// z(i, j) = fma(features[j * stride + i], scale[j], shift[j]).
//
// All versions give the same bits: sums run over eight lanes, the k-th of the rows in lane k mod 8, products are
// fused with their sums, and the lanes are added in one order at the end.
//
// - use: The version to run, at most obligor_widest_instructions().
// - features, stride, columns: Column-major features.
// - first, count: The rows first ..< first + count.
// - scale, shift: One per column.
// - outcomes, weights, offset: y in [0, 1], w >= 0 and o (or NULL for none), one per row from row 0.
// - coefficients: b, columns + 1 of them, the intercept first.
// - scratch: obligor_logistic_scratch() doubles, any content.
// - result: Replaced by the loss; the number of rows with w > 0 whose probability is below 1e-10 or above
//   1 - 1e-10; then the gradient, columns + 1; then the hessian's upper triangle, column after column,
//   (columns + 1)(columns + 2) / 2; as far as `order` asks for them.
void obligor_logistic_pass(obligor_instructions use, const double *features, int64_t stride, int64_t columns,
                           int64_t first, int64_t count, const double *scale, const double *shift,
                           const double *outcomes, const double *weights, const double *offset,
                           const double *coefficients, obligor_logistic_order order, double *scratch,
                           double *result);

// Replaces log_odds[0 ..< count] by eta of the rows first ..< first + count.
void obligor_logistic_log_odds(obligor_instructions use, const double *features, int64_t stride, int64_t columns,
                               int64_t first, int64_t count, const double *scale, const double *shift,
                               const double *offset, const double *coefficients, double *log_odds);

// Range and spread of values[first ..< first + count], count >= 1: result becomes the smallest and the largest
// value, the sum of (x - values[first]) and the sum of its squares. Missing or infinite values make the sums NaN
// or infinite. All versions give the same bits.
void obligor_column_summary(obligor_instructions use, const double *values, int64_t first, int64_t count,
                            double *result);

#endif

// Passes over the rows of a logistic regression, for three kinds of vectors from one text.
//
// Rows are taken 256 at a time. Their columns are scaled into a packed block that stays in the cache; from it come
// eta, then per row the residual r = w (p - y) and the curvature c = w p (1 - p), then the hessian as products of
// the columns with themselves, c applied to the left one. Treating c and r as two more left-hand columns gives the
// intercept's row and the gradient in the same sweep.

#include "CKernels.h"

#include <stddef.h>
#include <string.h>

// A sum must not depend on what the optimiser fuses: products are fused where the text says so.
#pragma STDC FP_CONTRACT OFF

enum { LANES = 8, BLOCK = 256, LEFT = 4 };

/// Log-odds of the probabilities 1e-10 and 1 - 1e-10.
#define EXTREME 23.025850929840457

/// The rows of a pass: pointers to the first of them, columns `stride` elements apart.
struct Rows {
    const double *features;
    int64_t stride, rows, columns;
    const double *scale, *shift, *outcomes, *weights, *offset;
};

/// Products of one left-hand tile start at this column: the first two left-hand columns are c and r, which meet
/// every column, and the scaled column j meets itself and those after it.
static inline int64_t firstPartner(int64_t tile) { return tile == 0 ? 0 : LEFT * tile - 2; }

static inline int64_t tileCount(int64_t columns) { return (columns + 2 + LEFT - 1) / LEFT; }

/// Pairs of left-hand and right-hand columns that the tiles hold.
static int64_t pairCount(int64_t columns) {
    int64_t pairs = 0;
    for (int64_t tile = 0; tile < tileCount(columns); tile++) {
        if (firstPartner(tile) < columns) pairs += LEFT * (columns - firstPartner(tile));
    }
    return pairs;
}

int64_t obligor_logistic_scratch(int64_t columns, obligor_logistic_order order) {
    int64_t rows = (3 + LEFT) * BLOCK;
    int64_t block = order == OBLIGOR_LOGISTIC_LOSS ? 0 : columns * BLOCK;
    int64_t sums = order == OBLIGOR_LOGISTIC_HESSIAN ? pairCount(columns) * LANES : columns * LANES;
    return rows + block + sums + LANES;  // the last to start on a cache line
}

/// The one order in which lanes are added.
static inline double laneSum(const double *lanes) {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

#define TARGET
#define NAME(name) name##Plain
#define WIDTH 2
#define RIGHT 4
#include "logistic_pass.h"
#undef TARGET
#undef NAME
#undef WIDTH
#undef RIGHT

#if defined(__x86_64__)

#define TARGET __attribute__((target("avx2,fma")))
#define NAME(name) name##AVX2
#define WIDTH 4
#define RIGHT 2
#include "logistic_pass.h"
#undef TARGET
#undef NAME
#undef WIDTH
#undef RIGHT

#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,fma")))
#define NAME(name) name##AVX512
#define WIDTH 8
#define RIGHT 6
#include "logistic_pass.h"
#undef TARGET
#undef NAME
#undef WIDTH
#undef RIGHT

#endif

void obligor_logistic_pass(obligor_instructions use, const double *features, int64_t stride, int64_t columns,
                           int64_t first, int64_t count, const double *scale, const double *shift,
                           const double *outcomes, const double *weights, const double *offset,
                           const double *coefficients, obligor_logistic_order order, double *scratch,
                           double *result) {
    const struct Rows rows = {features + first, stride, count, columns, scale, shift, outcomes + first,
                              weights + first, offset ? offset + first : NULL};
#if defined(__x86_64__)
    if (use == OBLIGOR_AVX512) return passAVX512(&rows, coefficients, order, scratch, result);
    if (use == OBLIGOR_AVX2) return passAVX2(&rows, coefficients, order, scratch, result);
#endif
    (void)use;
    passPlain(&rows, coefficients, order, scratch, result);
}

void obligor_logistic_log_odds(obligor_instructions use, const double *features, int64_t stride, int64_t columns,
                               int64_t first, int64_t count, const double *scale, const double *shift,
                               const double *offset, const double *coefficients, double *log_odds) {
    const struct Rows rows = {features + first, stride, count, columns, scale, shift, NULL, NULL,
                              offset ? offset + first : NULL};
#if defined(__x86_64__)
    if (use == OBLIGOR_AVX512) return logOddsAVX512(&rows, coefficients, log_odds);
    if (use == OBLIGOR_AVX2) return logOddsAVX2(&rows, coefficients, log_odds);
#endif
    (void)use;
    logOddsPlain(&rows, coefficients, log_odds);
}

void obligor_column_summary(obligor_instructions use, const double *values, int64_t first, int64_t count,
                            double *result) {
#if defined(__x86_64__)
    if (use == OBLIGOR_AVX512) return summaryAVX512(values + first, count, result);
    if (use == OBLIGOR_AVX2) return summaryAVX2(values + first, count, result);
#endif
    (void)use;
    summaryPlain(values + first, count, result);
}

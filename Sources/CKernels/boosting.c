#include "boosting.h"

#include <math.h>
#include <string.h>

// The loops below compile to different widths, never to different results.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

// One loop, compiled for three sets of instructions and chosen by the caller. The body is inlined into each.
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define VERSIONS(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                                  \
    static RESULT NAME##_plain PARAMETERS { return NAME##_body ARGUMENTS; }                                            \
    AVX2 static RESULT NAME##_avx2 PARAMETERS { return NAME##_body ARGUMENTS; }                                        \
    AVX512 static RESULT NAME##_avx512 PARAMETERS { return NAME##_body ARGUMENTS; }
#define CHOOSE(NAME, ARGUMENTS)                                                                                        \
    switch (instructions) {                                                                                            \
    case OBLIGOR_AVX512: return NAME##_avx512 ARGUMENTS;                                                               \
    case OBLIGOR_AVX2: return NAME##_avx2 ARGUMENTS;                                                                   \
    default: return NAME##_plain ARGUMENTS;                                                                            \
    }
#else
#define VERSIONS(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                                  \
    static RESULT NAME##_plain PARAMETERS { return NAME##_body ARGUMENTS; }
#define CHOOSE(NAME, ARGUMENTS)                                                                                        \
    (void)instructions;                                                                                                \
    return NAME##_plain ARGUMENTS;
#endif

// How many rows ahead a gather asks for; the latency of memory over the time a row takes.
#define AHEAD 24
// Bytes in a line of the cache.
#define LINE 64

static inline int64_t expand(int32_t packed) {
    return ((int64_t)(packed >> 16) << 32) + (uint16_t)packed;
}

INLINE void add_8(uint64_t bins, int64_t value, int64_t *sums) {
    sums[bins & 255] += value;
    sums[OBLIGOR_BIN_STRIDE + (bins >> 8 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 2 + (bins >> 16 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 3 + (bins >> 24 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 4 + (bins >> 32 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 5 + (bins >> 40 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 6 + (bins >> 48 & 255)] += value;
    sums[OBLIGOR_BIN_STRIDE * 7 + (bins >> 56)] += value;
}

INLINE uint64_t eight_bins(const uint8_t *line) {
    uint64_t eight;
    memcpy(&eight, line, 8);
    return eight;
}

// Adds two lines to histograms at the fixed stride. Offsets known to the compiler spare a load in every update, and two
// lines side by side let the updates of one run while those of the other wait for memory: a quarter less time together.
INLINE void add_two_lines(const uint8_t *one, const uint8_t *other, size_t count, int64_t value, int64_t other_value,
                          int64_t *sums) {
    size_t f = 0;
#pragma clang loop unroll(disable)
    for (; f + 8 <= count; f += 8, sums += 8 * OBLIGOR_BIN_STRIDE) {
        add_8(eight_bins(one + f), value, sums);
        add_8(eight_bins(other + f), other_value, sums);
    }
    for (; f < count; f++, sums += OBLIGOR_BIN_STRIDE) {
        sums[one[f]] += value;
        sums[other[f]] += other_value;
    }
}

INLINE void prefetch_row(const uint8_t *bins, size_t stride, const int32_t *packed, size_t row) {
    const uint8_t *line = bins + row * stride;
    for (size_t at = 0; at < stride; at += LINE) __builtin_prefetch(line + at);
    __builtin_prefetch(packed + row);
}

static void histogram_strided(const uint8_t *bins, size_t stride, size_t features, const uint32_t *rows, size_t first,
                              size_t count, const int32_t *packed, int64_t *sums) {
    size_t k = 0;
    for (; k + 1 < count; k += 2) {
        size_t one = first + k, other = first + k + 1;
        if (rows != NULL) {
            one = rows[k];
            other = rows[k + 1];
            if (k + AHEAD + 1 < count) {
                prefetch_row(bins, stride, packed, rows[k + AHEAD]);
                prefetch_row(bins, stride, packed, rows[k + AHEAD + 1]);
            }
        }
        add_two_lines(bins + one * stride, bins + other * stride, features, expand(packed[one]), expand(packed[other]),
                      sums);
    }
    if (k < count) {
        const size_t row = rows == NULL ? first + k : rows[k];
        const int64_t value = expand(packed[row]);
        for (size_t f = 0; f < features; f++) sums[f * OBLIGOR_BIN_STRIDE + bins[row * stride + f]] += value;
    }
}

// Adds the features of a line that are worked on to histograms that lie anywhere.
#define HISTOGRAM_PACKED(SUFFIX, BIN)                                                                                  \
    INLINE void add_line_##SUFFIX(const BIN *line, obligor_bin_layout layout, int64_t value, int64_t *sums) {          \
        if (layout.features == NULL)                                                                                   \
            for (size_t f = 0; f < layout.count; f++) sums[layout.offsets[f] + line[f]] += value;                      \
        else                                                                                                           \
            for (size_t k = 0; k < layout.count; k++) sums[layout.offsets[k] + line[layout.features[k]]] += value;     \
    }                                                                                                                  \
    static void histogram_scattered_##SUFFIX(const BIN *bins, obligor_bin_layout layout, const uint32_t *rows,         \
                                             size_t first, size_t count, const int32_t *packed, int64_t *sums) {       \
        const size_t stride = layout.stride;                                                                           \
        if (rows == NULL) {                                                                                            \
            for (size_t i = first; i < first + count; i++)                                                             \
                add_line_##SUFFIX(bins + i * stride, layout, expand(packed[i]), sums);                                 \
            return;                                                                                                    \
        }                                                                                                              \
        size_t k = 0;                                                                                                  \
        for (; k + AHEAD < count; k++) {                                                                               \
            size_t soon = rows[k + AHEAD], row = rows[k];                                                              \
            const BIN *line = bins + soon * stride;                                                                    \
            __builtin_prefetch(line);                                                                                  \
            for (size_t at = LINE / sizeof(BIN); at < stride; at += LINE / sizeof(BIN)) __builtin_prefetch(line + at); \
            __builtin_prefetch(packed + soon);                                                                         \
            add_line_##SUFFIX(bins + row * stride, layout, expand(packed[row]), sums);                                 \
        }                                                                                                              \
        for (; k < count; k++) add_line_##SUFFIX(bins + rows[k] * stride, layout, expand(packed[rows[k]]), sums);      \
    }

HISTOGRAM_PACKED(u8, uint8_t)
HISTOGRAM_PACKED(u16, uint16_t)

void obligor_histogram_packed_u8(const uint8_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t first,
                                 size_t count, const int32_t *packed, int64_t *sums) {
    if (layout.is_strided && layout.features == NULL)
        histogram_strided(bins, layout.stride, layout.count, rows, first, count, packed, sums);
    else
        histogram_scattered_u8(bins, layout, rows, first, count, packed, sums);
}

void obligor_histogram_packed_u16(const uint16_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t first,
                                  size_t count, const int32_t *packed, int64_t *sums) {
    histogram_scattered_u16(bins, layout, rows, first, count, packed, sums);
}

#define HISTOGRAM_EXACT(SUFFIX, BIN)                                                                                   \
    void obligor_histogram_exact_##SUFFIX(const BIN *bins, obligor_bin_layout layout, const uint32_t *rows,            \
                                          size_t first, size_t count, const float *gradients, const float *hessians,   \
                                          double *sums) {                                                              \
        for (size_t k = 0; k < count; k++) {                                                                           \
            size_t row = rows == NULL ? first + k : rows[k];                                                           \
            if (rows != NULL && k + AHEAD < count) {                                                                   \
                __builtin_prefetch(bins + rows[k + AHEAD] * layout.stride);                                            \
                __builtin_prefetch(gradients + rows[k + AHEAD]);                                                       \
                __builtin_prefetch(hessians + rows[k + AHEAD]);                                                        \
            }                                                                                                          \
            double g = gradients[row], h = hessians[row];                                                              \
            const BIN *line = bins + row * layout.stride;                                                              \
            for (size_t f = 0; f < layout.count; f++) {                                                                \
                size_t feature = layout.features == NULL ? f : layout.features[f];                                     \
                double *pair = sums + 2 * (size_t)(layout.offsets[f] + line[feature]);                                 \
                pair[0] += g;                                                                                          \
                pair[1] += h;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
    }

HISTOGRAM_EXACT(u8, uint8_t)
HISTOGRAM_EXACT(u16, uint16_t)

#define COUNT_ROWS(SUFFIX, BIN)                                                                                        \
    void obligor_count_rows_##SUFFIX(const BIN *bins, obligor_bin_layout layout, const uint32_t *rows, size_t count,   \
                                     uint32_t *counts) {                                                               \
        for (size_t k = 0; k < count; k++) {                                                                           \
            const BIN *line = bins + rows[k] * layout.stride;                                                          \
            for (size_t f = 0; f < layout.count; f++)                                                                  \
                counts[layout.offsets[f] + line[layout.features == NULL ? f : layout.features[f]]]++;                  \
        }                                                                                                              \
    }

COUNT_ROWS(u8, uint8_t)
COUNT_ROWS(u16, uint16_t)

#define PARTITION(SUFFIX, BIN)                                                                                         \
    size_t obligor_partition_##SUFFIX(const BIN *column, const uint8_t *goes_left, const uint32_t *rows, size_t count, \
                                      uint32_t *left, uint32_t *right) {                                               \
        size_t l = 0, r = 0;                                                                                           \
        for (size_t k = 0; k < count; k++) {                                                                           \
            uint32_t row = rows[k];                                                                                    \
            size_t go = goes_left[column[row]];                                                                        \
            left[l] = row;                                                                                             \
            right[r] = row;                                                                                            \
            l += go;                                                                                                   \
            r += 1 - go;                                                                                               \
        }                                                                                                              \
        return l;                                                                                                      \
    }

PARTITION(u8, uint8_t)
PARTITION(u16, uint16_t)

// e^x for x in [-708, 0]: x = k ln 2 + r, a Taylor polynomial of degree 10 in |r| <= ln 2 / 2 (remainder below 3e-13, a
// hundred-thousandth of what is left in single precision), scaled by 2^k through the exponent bits.
INLINE double exp_of_negative(double x) {
    const double shift = 0x1.8p52;
    double k = x * 0x1.71547652b82fep0 + shift;
    uint64_t bits;
    memcpy(&bits, &k, 8);
    k -= shift;
    double r = x - k * 0x1.62e42fefa3800p-1;
    r = r - k * 0x1.ef35793c76730p-45;
    double p = 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    bits = (bits + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, 8);
    return p * scale;
}

INLINE void gradient_of_row(double s, float outcome, double w, float *gradient, float *hessian) {
    double a = s < 0 ? s : -s;
    double e = exp_of_negative(a < -700 ? -700 : a);
    double inverse = 1 / (1 + e);
    // On the side of the smaller probability nothing cancels.
    double p = s < 0 ? e * inverse : inverse;
    *gradient = (float)(w * (p - outcome));
    *hessian = (float)(w * (e * inverse * inverse));
}

// Two loops, since a masked load of weights that are not there costs a fault in every vector.
INLINE void gradients_body(const double *restrict scores, const float *restrict outcomes, const float *restrict weights,
                           size_t count, float *restrict gradients, float *restrict hessians) {
    if (weights == NULL)
        for (size_t i = 0; i < count; i++) gradient_of_row(scores[i], outcomes[i], 1, gradients + i, hessians + i);
    else
        for (size_t i = 0; i < count; i++)
            gradient_of_row(scores[i], outcomes[i], weights[i], gradients + i, hessians + i);
}

VERSIONS(void, gradients,
         (const double *scores, const float *outcomes, const float *weights, size_t count, float *gradients,
          float *hessians),
         (scores, outcomes, weights, count, gradients, hessians))

void obligor_binary_gradients(obligor_instructions instructions, const double *scores, const float *outcomes,
                              const float *weights, size_t count, float *gradients, float *hessians) {
    CHOOSE(gradients, (scores, outcomes, weights, count, gradients, hessians))
}

INLINE uint32_t scramble(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

INLINE void pack_body(const float *gradients, const float *hessians, size_t first_row, size_t count,
                      float gradient_scale, float hessian_scale, uint32_t key, int32_t *packed) {
    for (size_t i = 0; i < count; i++) {
        uint32_t noise = scramble((uint32_t)(first_row + i) * 0x9e3779b9U + key);
        // 16 bits of noise for each; their middle keeps the rounding unbiased to 2^-17.
        float u = ((float)(noise & 0xffff) + 0.5f) * 0x1p-16f;
        float v = ((float)(noise >> 16) + 0.5f) * 0x1p-16f;
        int32_t g = (int32_t)floorf(gradients[i] * gradient_scale + u);
        int32_t h = (int32_t)floorf(hessians[i] * hessian_scale + v);
        packed[i] = (int32_t)((uint32_t)g << 16) | h;
    }
}

VERSIONS(void, pack,
         (const float *gradients, const float *hessians, size_t first_row, size_t count, float gradient_scale,
          float hessian_scale, uint32_t key, int32_t *packed),
         (gradients, hessians, first_row, count, gradient_scale, hessian_scale, key, packed))

void obligor_pack_gradients(obligor_instructions instructions, const float *gradients, const float *hessians,
                            size_t first_row, size_t count, float gradient_scale, float hessian_scale, uint32_t key,
                            int32_t *packed) {
    CHOOSE(pack, (gradients, hessians, first_row, count, gradient_scale, hessian_scale, key, packed))
}

// The number of bounds below each value, by halving: the same steps for every value, LANES values side by side, so
// that the loads of one do not wait for those of another.
#define LANES 32

#define BIN(SUFFIX, NUMBER)                                                                                            \
    INLINE void bin_##SUFFIX##_body(const NUMBER *values, size_t count, const NUMBER *bounds, size_t bound_count,      \
                                    uint16_t missing, uint16_t *bins) {                                                \
        for (size_t first = 0; first < count; first += LANES) {                                                        \
            int width = count - first < LANES ? (int)(count - first) : LANES;                                          \
            NUMBER v[LANES] = {0};                                                                                     \
            uint32_t below[LANES] = {0};                                                                               \
            memcpy(v, values + first, (size_t)width * sizeof(NUMBER));                                                 \
            uint32_t length = (uint32_t)bound_count;                                                                   \
            while (length > 0) {                                                                                       \
                uint32_t half = (length + 1) / 2;                                                                      \
                for (int k = 0; k < LANES; k++) below[k] += bounds[below[k] + half - 1] < v[k] ? half : 0;             \
                length -= half;                                                                                        \
            }                                                                                                          \
            for (int k = 0; k < width; k++) bins[first + k] = v[k] != v[k] ? missing : (uint16_t)below[k];             \
        }                                                                                                              \
    }                                                                                                                  \
    VERSIONS(void, bin_##SUFFIX,                                                                                       \
             (const NUMBER *values, size_t count, const NUMBER *bounds, size_t bound_count, uint16_t missing,          \
              uint16_t *bins),                                                                                         \
             (values, count, bounds, bound_count, missing, bins))                                                      \
    void obligor_bin_##SUFFIX(obligor_instructions instructions, const NUMBER *values, size_t count,                   \
                              const NUMBER *bounds, size_t bound_count, uint16_t missing, uint16_t *bins) {            \
        CHOOSE(bin_##SUFFIX, (values, count, bounds, bound_count, missing, bins))                                      \
    }

BIN(f32, float)
BIN(f64, double)

// ---- Thresholds

// The best value of a side and what it is worth.
typedef struct {
    double value, worth;
} side;

INLINE side best_side(double g, double h, const obligor_split_terms *t) {
    double over = fabs(g) - t->l1;
    double curvature = h + t->l2;
    double w = -copysign(over > 0 ? over : 0, g) / curvature;
    w = w < t->lower ? t->lower : w;
    w = w > t->upper ? t->upper : w;
    return (side){w, -(2 * g * w + curvature * w * w + 2 * t->l1 * fabs(w))};
}

// Sums over the bins up to each that holds rows: gradient, hessian and rows of the left side. Thresholds above empty bins
// part the same rows as the one before, which is the first and so the one that counts.
typedef struct {
    double *g, *h, *c;
    int64_t *gains;
    int32_t *bins; // the bin that each entry stands for
    size_t count;
} prefixes;

// The gains of all thresholds as integers of the same order; -1 where one is not allowed or not worth it. `add` joins
// the left side.
INLINE void fill_gains(prefixes p, size_t count, const obligor_split_terms *t, const double *add, int is_plain) {
    const double gu = t->gradient_unit, hu = t->hessian_unit, l2 = t->l2;
    for (size_t b = 0; b < count; b++) {
        double g = p.g[b] + add[0], h = p.h[b] + add[1], rows = p.c[b] + add[2];
        double gl = g * gu, hl = h * hu, gr = (t->gradient - g) * gu, hr = (t->hessian - h) * hu;
        double dl = hl + l2, dr = hr + l2;
        int is_allowed = (hl >= t->minimum_hessian) & (hr >= t->minimum_hessian) & (dl > 0) & (dr > 0) &
                         (rows >= t->minimum_rows) & (t->rows - rows >= t->minimum_rows);
        double gain;
        if (is_plain) {
            // G^2 / (H + l2) of both sides, with one division.
            gain = (gl * gl * dr + gr * gr * dl) / (dl * dr) - t->parent_worth;
        } else {
            side left = best_side(gl, hl, t), right = best_side(gr, hr, t);
            gain = left.worth + right.worth - t->parent_worth;
            is_allowed &= (t->direction <= 0) | (left.value <= right.value);
            is_allowed &= (t->direction >= 0) | (left.value >= right.value);
        }
        int64_t bits;
        memcpy(&bits, &gain, 8);
        p.gains[b] = (is_allowed & (gain > t->minimum_gain)) ? bits : -1;
    }
}

INLINE int64_t largest_of(const int64_t *gains, size_t count) {
    int64_t largest = -1;
    for (size_t b = 0; b < count; b++) largest = gains[b] > largest ? gains[b] : largest;
    return largest;
}

INLINE obligor_threshold best_threshold(prefixes p, size_t bins, const double *missing, int has_missing,
                                        const obligor_split_terms *t) {
    const int is_plain = t->l1 == 0 && t->direction == 0 && t->lower == -INFINITY && t->upper == INFINITY;
    obligor_threshold best = {-1, 0, 0, 0, has_missing ? 0 : -1};
    int64_t largest = -1;
    for (int missing_left = 0; missing_left <= has_missing; missing_left++) {
        const double none[3] = {0, 0, 0};
        const double *add = missing_left ? missing : none;
        // All values on the left part the leaf only if missing ones are on the right.
        const int has_all = p.count > 0 && p.bins[p.count - 1] == (int32_t)bins - 1;
        const size_t count = p.count - (has_all && !(has_missing && !missing_left));
        if (is_plain)
            fill_gains(p, count, t, add, 1);
        else
            fill_gains(p, count, t, add, 0);
        const int64_t found = largest_of(p.gains, count);
        if (found <= largest) continue;
        largest = found;
        size_t b = 0;
        while (p.gains[b] != found) b++;
        memcpy(&best.gain, &found, 8);
        best.left_gradient = p.g[b] + add[0];
        best.left_hessian = p.h[b] + add[1];
        best.bin = p.bins[b];
        best.missing_left = has_missing ? missing_left : -1;
    }
    return best;
}

// Rows of every prefix: counted, or shared out as the hessian is.
INLINE void fill_rows(prefixes p, const uint32_t *counts, const obligor_split_terms *t) {
    const double share = t->hessian > 0 ? t->rows / t->hessian : 0;
    if (counts == NULL) {
        for (size_t k = 0; k < p.count; k++) p.c[k] = p.h[k] * share;
        return;
    }
    uint64_t rows = 0;
    size_t bin = 0;
    for (size_t k = 0; k < p.count; k++) {
        for (; bin <= (size_t)p.bins[k]; bin++) rows += counts[bin];
        p.c[k] = (double)rows;
    }
}

INLINE prefixes prefixes_in(double *scratch, size_t bins) {
    return (prefixes){scratch, scratch + bins, scratch + 2 * bins, (int64_t *)(scratch + 3 * bins),
                      (int32_t *)(scratch + 4 * bins), 0};
}

INLINE double missing_rows(const uint32_t *counts, size_t bins, double hessian, const obligor_split_terms *t) {
    if (counts != NULL) return counts[bins];
    return t->hessian > 0 ? hessian * (t->rows / t->hessian) : 0;
}

INLINE obligor_threshold threshold_packed_body(const int64_t *sums, const uint32_t *counts, size_t bins,
                                               const obligor_split_terms *t, double *scratch) {
    prefixes p = prefixes_in(scratch, bins);
    // Sums of packed pairs are packed sums. The hessian is in the low half and not negative, so the high half is the
    // gradient exactly.
    int64_t sum = 0;
    for (size_t b = 0; b < bins; b++) {
        p.gains[p.count] = sum += sums[b];
        p.bins[p.count] = (int32_t)b;
        p.count += sums[b] != 0 || (counts != NULL && counts[b] != 0);
    }
    for (size_t k = 0; k < p.count; k++) {
        p.g[k] = (double)(int32_t)(p.gains[k] >> 32);
        p.h[k] = (double)(uint32_t)p.gains[k];
    }
    fill_rows(p, counts, t);
    const int64_t last = sums[bins];
    const double h = (double)(uint32_t)last;
    const double missing[3] = {(double)(int32_t)(last >> 32), h, missing_rows(counts, bins, h, t)};
    return best_threshold(p, bins, missing, last != 0, t);
}

INLINE obligor_threshold threshold_exact_body(const double *sums, const uint32_t *counts, size_t bins,
                                              const obligor_split_terms *t, double *scratch) {
    prefixes p = prefixes_in(scratch, bins);
    double g = 0, h = 0;
    for (size_t b = 0; b < bins; b++) {
        p.g[p.count] = g += sums[2 * b];
        p.h[p.count] = h += sums[2 * b + 1];
        p.bins[p.count] = (int32_t)b;
        p.count += sums[2 * b] != 0 || sums[2 * b + 1] != 0 || (counts != NULL && counts[b] != 0);
    }
    fill_rows(p, counts, t);
    const double *last = sums + 2 * bins;
    const double missing[3] = {last[0], last[1], missing_rows(counts, bins, last[1], t)};
    return best_threshold(p, bins, missing, last[0] != 0 || last[1] != 0, t);
}

#define THRESHOLD(SUFFIX, SUM)                                                                                         \
    VERSIONS(obligor_threshold, threshold_##SUFFIX,                                                                    \
             (const SUM *sums, const uint32_t *counts, size_t bins, const obligor_split_terms *t, double *scratch),    \
             (sums, counts, bins, t, scratch))                                                                         \
    obligor_threshold obligor_best_threshold_##SUFFIX(obligor_instructions instructions, const SUM *sums,              \
                                                      const uint32_t *counts, size_t bins,                             \
                                                      obligor_split_terms terms, double *scratch) {                    \
        CHOOSE(threshold_##SUFFIX, (sums, counts, bins, &terms, scratch))                                              \
    }

THRESHOLD(packed, int64_t)
THRESHOLD(exact, double)

#include "boosting.h"

#include <math.h>
#include <string.h>

// The loops below compile to different widths, never to different results.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDEST
#endif

// How many rows ahead a gather asks for; the latency of memory over the time a row takes.
#define AHEAD 24

static inline int64_t expand(int32_t packed) {
    return ((int64_t)(packed >> 16) << 32) + (uint16_t)packed;
}

static inline void add_line_u8(const uint8_t *line, size_t stride, int64_t value, int64_t *sums, size_t sum_stride) {
    for (size_t f = 0; f < stride; f += 8) {
        uint64_t eight;
        memcpy(&eight, line + f, 8);
        int64_t *s = sums + f * sum_stride;
        s[eight & 255] += value;
        s[sum_stride + (eight >> 8 & 255)] += value;
        s[2 * sum_stride + (eight >> 16 & 255)] += value;
        s[3 * sum_stride + (eight >> 24 & 255)] += value;
        s[4 * sum_stride + (eight >> 32 & 255)] += value;
        s[5 * sum_stride + (eight >> 40 & 255)] += value;
        s[6 * sum_stride + (eight >> 48 & 255)] += value;
        s[7 * sum_stride + (eight >> 56)] += value;
    }
}

static inline void add_line_u16(const uint16_t *line, size_t stride, int64_t value, int64_t *sums, size_t sum_stride) {
    for (size_t f = 0; f < stride; f++) sums[f * sum_stride + line[f]] += value;
}

#define HISTOGRAM_PACKED(SUFFIX, BIN)                                                                                  \
    void obligor_histogram_packed_##SUFFIX(const BIN *bins, size_t stride, const uint32_t *rows, size_t first,         \
                                           size_t count, const int32_t *packed, int64_t *sums, size_t sum_stride) {    \
        if (rows == NULL) {                                                                                            \
            for (size_t i = first; i < first + count; i++)                                                             \
                add_line_##SUFFIX(bins + i * stride, stride, expand(packed[i]), sums, sum_stride);                     \
            return;                                                                                                    \
        }                                                                                                              \
        size_t k = 0;                                                                                                  \
        for (; k + AHEAD < count; k++) {                                                                               \
            size_t soon = rows[k + AHEAD], row = rows[k];                                                              \
            __builtin_prefetch(bins + soon * stride);                                                                  \
            __builtin_prefetch(packed + soon);                                                                         \
            add_line_##SUFFIX(bins + row * stride, stride, expand(packed[row]), sums, sum_stride);                     \
        }                                                                                                              \
        for (; k < count; k++)                                                                                         \
            add_line_##SUFFIX(bins + rows[k] * stride, stride, expand(packed[rows[k]]), sums, sum_stride);             \
    }

HISTOGRAM_PACKED(u8, uint8_t)
HISTOGRAM_PACKED(u16, uint16_t)

#define HISTOGRAM_EXACT(SUFFIX, BIN)                                                                                   \
    void obligor_histogram_exact_##SUFFIX(const BIN *bins, size_t stride, const uint32_t *rows, size_t first,          \
                                          size_t count, const float *gradients, const float *hessians,                 \
                                          size_t first_feature, size_t last_feature, double *sums,                     \
                                          size_t sum_stride) {                                                         \
        for (size_t k = 0; k < count; k++) {                                                                           \
            size_t row = rows == NULL ? first + k : rows[k];                                                           \
            if (rows != NULL && k + AHEAD < count) {                                                                   \
                __builtin_prefetch(bins + rows[k + AHEAD] * stride + first_feature);                                   \
                __builtin_prefetch(gradients + rows[k + AHEAD]);                                                       \
                __builtin_prefetch(hessians + rows[k + AHEAD]);                                                        \
            }                                                                                                          \
            double g = gradients[row], h = hessians[row];                                                              \
            const BIN *line = bins + row * stride;                                                                     \
            for (size_t f = first_feature; f < last_feature; f++) {                                                    \
                double *pair = sums + 2 * (f * sum_stride + line[f]);                                                  \
                pair[0] += g;                                                                                          \
                pair[1] += h;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
    }

HISTOGRAM_EXACT(u8, uint8_t)
HISTOGRAM_EXACT(u16, uint16_t)

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

// e^x for x in [-708, 0]: x = k ln 2 + r, a Taylor polynomial of degree 13 in |r| <= ln 2 / 2 (remainder below 5e-18),
// scaled by 2^k through the exponent bits.
static inline double exp_of_negative(double x) {
    const double shift = 0x1.8p52;
    double k = x * 0x1.71547652b82fep0 + shift;
    uint64_t bits;
    memcpy(&bits, &k, 8);
    k -= shift;
    double r = x - k * 0x1.62e42fefa3800p-1;
    r = r - k * 0x1.ef35793c76730p-45;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
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

WIDEST void obligor_binary_gradients(const double *scores, const float *outcomes, const float *weights, size_t count,
                                     float *gradients, float *hessians) {
    for (size_t i = 0; i < count; i++) {
        double s = scores[i];
        double a = s < 0 ? s : -s;
        double e = exp_of_negative(a < -700 ? -700 : a);
        double inverse = 1 / (1 + e);
        // On the side of the smaller probability nothing cancels.
        double p = s < 0 ? e * inverse : inverse;
        double w = weights == NULL ? 1 : weights[i];
        gradients[i] = (float)(w * (p - outcomes[i]));
        hessians[i] = (float)(w * (e * inverse * inverse));
    }
}

static inline uint32_t scramble(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

WIDEST void obligor_pack_gradients(const float *gradients, const float *hessians, size_t first_row, size_t count,
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

// The number of bounds below each value, by halving: the same steps for every value, LANES values side by side, so
// that the loads of one do not wait for those of another.
#define LANES 32

#define BIN(SUFFIX, NUMBER)                                                                                            \
    WIDEST void obligor_bin_##SUFFIX(const NUMBER *values, size_t count, const NUMBER *bounds, size_t bound_count,     \
                                     uint16_t missing, uint16_t *bins) {                                               \
        for (size_t first = 0; first < count; first += LANES) {                                                        \
            int width = count - first < LANES ? (int)(count - first) : LANES;                                          \
            NUMBER v[LANES] = {0};                                                                                     \
            uint32_t below[LANES] = {0};                                                                               \
            memcpy(v, values + first, (size_t)width * sizeof(NUMBER));                                                 \
            uint32_t length = (uint32_t)bound_count;                                                                   \
            while (length > 0) {                                                                                       \
                uint32_t half = (length + 1) / 2;                                                                      \
                for (int k = 0; k < LANES; k++) below[k] += bounds[below[k] + half - 1] < v[k] ? half : 0;              \
                length -= half;                                                                                        \
            }                                                                                                          \
            for (int k = 0; k < width; k++) bins[first + k] = v[k] != v[k] ? missing : (uint16_t)below[k];             \
        }                                                                                                              \
    }

BIN(f32, float)
BIN(f64, double)

#include "boosting.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
// The same where a row takes a fifth of that time.
#define FAR_AHEAD 64
// Bytes in a line of the cache.
#define LINE 64

static inline int64_t expand(int32_t packed) {
    return ((int64_t)(packed >> 16) << 32) + (uint16_t)packed;
}

INLINE uint64_t eight_bins(const uint8_t *line) {
    uint64_t eight;
    memcpy(&eight, line, 8);
    return eight;
}

// Histograms at the fixed stride are filled a few features at a time: ten of them fit into the first level of the cache
// beside the rows of a block, all fifty of a wide set do not, and a sum that has to be fetched from the second level
// costs half as much again. Offsets known to the compiler spare a load in every update.
#define FEATURES_AT_ONCE 10
// Columns side by side, each a stream of its own.
#define COLUMNS_AT_ONCE 5
// Rows whose expanded gradients are kept, and bytes of lines that are copied together.
#define BLOCK_ROWS 1024
#define BLOCK_BYTES 32768

// Calls PASS(n, ...) for n = 1 ... 10 known to the compiler.
#define WITH_CONSTANT(COUNT, PASS)                                                                                     \
    switch (COUNT) {                                                                                                   \
    case 1: PASS(1); break;                                                                                            \
    case 2: PASS(2); break;                                                                                            \
    case 3: PASS(3); break;                                                                                            \
    case 4: PASS(4); break;                                                                                            \
    case 5: PASS(5); break;                                                                                            \
    case 6: PASS(6); break;                                                                                            \
    case 7: PASS(7); break;                                                                                            \
    case 8: PASS(8); break;                                                                                            \
    case 9: PASS(9); break;                                                                                            \
    default: PASS(10); break;                                                                                          \
    }

// Adds consecutive rows of `features` columns: bins of eight rows to a word.
INLINE void add_columns(const uint8_t *const *columns, const int features, const int64_t *values, size_t count,
                        int64_t *const *sums) {
    size_t k = 0;
    for (; k + 8 <= count; k += 8) {
        uint64_t words[COLUMNS_AT_ONCE];
        for (int f = 0; f < features; f++) words[f] = eight_bins(columns[f] + k);
#pragma clang loop unroll(full)
        for (int row = 0; row < 8; row++) {
            const int64_t value = values[k + (size_t)row];
#pragma clang loop unroll(full)
            for (int f = 0; f < features; f++) sums[f][words[f] >> 8 * row & 255] += value;
        }
    }
    for (; k < count; k++)
        for (int f = 0; f < features; f++) sums[f][columns[f][k]] += values[k];
}

// Consecutive rows from the columns, which lie side by side for few features at a time, wherever their histograms are.
static void histogram_columns(const uint8_t *columns, size_t row_count, obligor_bin_layout layout, size_t first,
                              size_t count, const int32_t *packed, int64_t *sums) {
    int64_t values[BLOCK_ROWS];
    for (size_t start = first; start < first + count; start += BLOCK_ROWS) {
        const size_t rows = first + count - start < BLOCK_ROWS ? first + count - start : BLOCK_ROWS;
        for (size_t k = 0; k < rows; k++) values[k] = expand(packed[start + k]);
        for (size_t f = 0; f < layout.count; f += COLUMNS_AT_ONCE) {
            const size_t part = layout.count - f < COLUMNS_AT_ONCE ? layout.count - f : COLUMNS_AT_ONCE;
            const uint8_t *some[COLUMNS_AT_ONCE];
            int64_t *places[COLUMNS_AT_ONCE];
            for (size_t k = 0; k < part; k++) {
                const size_t feature = layout.features == NULL ? layout.start + f + k : layout.features[f + k];
                some[k] = columns + feature * row_count + start;
                places[k] = sums + layout.offsets[f + k];
            }
            switch (part) {
            case 1: add_columns(some, 1, values, rows, places); break;
            case 2: add_columns(some, 2, values, rows, places); break;
            case 3: add_columns(some, 3, values, rows, places); break;
            case 4: add_columns(some, 4, values, rows, places); break;
            default: add_columns(some, COLUMNS_AT_ONCE, values, rows, places); break;
            }
        }
    }
}

// Rows that will be wanted next: one is asked for with every few that are added.
typedef struct {
    const uint8_t *bins;
    size_t stride;
    const int32_t *packed;
    const uint32_t *rows;
    size_t count;
} row_queue;

INLINE void ask_for_next(row_queue *queue) {
    if (queue->count == 0) return;
    const size_t row = *queue->rows++;
    queue->count--;
    const uint8_t *line = queue->bins + row * queue->stride;
    // Into the second level of the cache, since the first one is full.
    for (size_t at = 0; at < queue->stride; at += LINE) __builtin_prefetch(line + at, 0, 2);
    __builtin_prefetch(queue->packed + row, 0, 2);
}

INLINE void add_line(const uint8_t *line, const int features, int64_t value, int64_t *sums) {
    const uint64_t low = eight_bins(line);
    const uint64_t high = features > 8 ? eight_bins(line + 8) : 0;
#pragma clang loop unroll(full)
    for (int f = 0; f < features; f++)
        sums[f * OBLIGOR_BIN_STRIDE + ((f < 8 ? low >> 8 * f : high >> 8 * (f - 8)) & 255)] += value;
}

// Adds some features of a block of lines.
INLINE void add_lines(const uint8_t *lines, size_t stride, const int features, const int64_t *values, size_t count,
                      int64_t *sums, row_queue *queue) {
    size_t k = 0;
    for (; k + 4 <= count; k += 4) {
        ask_for_next(queue);
        add_line(lines + k * stride, features, values[k], sums);
        add_line(lines + (k + 1) * stride, features, values[k + 1], sums);
        add_line(lines + (k + 2) * stride, features, values[k + 2], sums);
        add_line(lines + (k + 3) * stride, features, values[k + 3], sums);
    }
    for (; k < count; k++) add_line(lines + k * stride, features, values[k], sums);
}

static void histogram_lines(const uint8_t *bins, obligor_bin_layout layout, const uint32_t *rows, size_t count,
                            const int32_t *packed, int64_t *sums) {
    const size_t stride = layout.stride, features = layout.count;
    // Whole lines side by side, and room for the last load of eight bins.
    _Alignas(LINE) uint8_t lines[BLOCK_BYTES + LINE];
    int64_t values[BLOCK_ROWS];
    const size_t fitting = BLOCK_BYTES / stride, block = fitting < BLOCK_ROWS ? fitting : BLOCK_ROWS;
    row_queue queue = {bins, stride, packed, rows, count < block ? count : block};
    while (queue.count > 0) ask_for_next(&queue);
    for (size_t start = 0; start < count; start += block) {
        const size_t in_block = count - start < block ? count - start : block;
        const size_t after = count - start - in_block;
        for (size_t k = 0; k < in_block; k++) {
            const size_t row = rows[start + k];
            values[k] = expand(packed[row]);
            if (stride == LINE)
                memcpy(lines + k * LINE, bins + row * LINE, LINE);
            else
                memcpy(lines + k * stride, bins + row * stride, stride);
        }
        queue.rows = rows + start + in_block;
        queue.count = after < block ? after : block;
        for (size_t f = 0; f < features; f += FEATURES_AT_ONCE) {
            const size_t part = features - f < FEATURES_AT_ONCE ? features - f : FEATURES_AT_ONCE;
#define PASS(N) add_lines(lines + layout.start + f, stride, N, values, in_block, sums + f * OBLIGOR_BIN_STRIDE, &queue)
            WITH_CONSTANT(part, PASS)
#undef PASS
        }
        // Few features leave some rows unasked for.
        while (queue.count > 0) ask_for_next(&queue);
    }
}

// Adds the features of a line that are worked on to histograms that lie anywhere.
#define HISTOGRAM_PACKED(SUFFIX, BIN)                                                                                  \
    INLINE void add_line_##SUFFIX(const BIN *line, obligor_bin_layout layout, int64_t value, int64_t *sums) {          \
        if (layout.features == NULL)                                                                                   \
            for (size_t f = 0; f < layout.count; f++) sums[layout.offsets[f] + line[layout.start + f]] += value;       \
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

// A part of the features of rows whose lines lie near: they are read where they are.
static void histogram_part(const uint8_t *bins, size_t stride, size_t features, const uint32_t *rows, size_t count,
                           const int32_t *packed, int64_t *sums) {
#define PASS(N)                                                                                                        \
    for (size_t k = 0; k < count; k++) {                                                                               \
        if (k + FAR_AHEAD < count) {                                                                                   \
            __builtin_prefetch(bins + (size_t)rows[k + FAR_AHEAD] * stride);                                           \
            __builtin_prefetch(packed + rows[k + FAR_AHEAD]);                                                          \
        }                                                                                                              \
        const size_t row = rows[k];                                                                                    \
        add_line(bins + row * stride, N, expand(packed[row]), sums);                                                   \
    }
    WITH_CONSTANT(features, PASS)
#undef PASS
}

void obligor_histogram_packed_u8(const uint8_t *bins, const uint8_t *columns, size_t row_count,
                                 obligor_bin_layout layout, const uint32_t *rows, size_t first, size_t count,
                                 const int32_t *packed, int64_t *sums) {
    if (rows == NULL) {
        histogram_columns(columns, row_count, layout, first, count, packed, sums);
        return;
    }
    if (!layout.is_strided || layout.features != NULL || layout.stride > BLOCK_BYTES / 64) {
        histogram_scattered_u8(bins, layout, rows, first, count, packed, sums);
        return;
    }
    sums += layout.start * OBLIGOR_BIN_STRIDE;
    if (layout.count <= FEATURES_AT_ONCE)
        histogram_part(bins + layout.start, layout.stride, layout.count, rows, count, packed, sums);
    else
        histogram_lines(bins, layout, rows, count, packed, sums);
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
                size_t feature = layout.features == NULL ? layout.start + f : layout.features[f];                      \
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
                counts[layout.offsets[f] + line[layout.features == NULL ? layout.start + f : layout.features[f]]]++;   \
        }                                                                                                              \
    }

COUNT_ROWS(u8, uint8_t)
COUNT_ROWS(u16, uint16_t)

// Deals the rows from place `first` on, `l` of those before having gone left.
#define PARTITION_PLAIN(SUFFIX, BIN)                                                                                   \
    INLINE size_t partition_rest_##SUFFIX(const BIN *column, const uint8_t *goes_left, const uint32_t *rows,           \
                                          size_t first, size_t count, uint32_t *left, size_t l, uint32_t *right) {     \
        for (size_t k = first; k < count; k++) {                                                                       \
            uint32_t row = rows[k];                                                                                    \
            size_t go = goes_left[column[row]];                                                                        \
            left[l] = row;                                                                                             \
            right[k - l] = row;                                                                                        \
            l += go;                                                                                                   \
        }                                                                                                              \
        return l;                                                                                                      \
    }

PARTITION_PLAIN(u8, uint8_t)
PARTITION_PLAIN(u16, uint16_t)

#if defined(__x86_64__)
// Sixteen at a time: either side is compressed in a register and written whole, which ends where the rows read so far end.
#define PARTITION_AVX512(SUFFIX, BIN)                                                                                  \
    AVX512 static size_t partition_avx512_##SUFFIX(const BIN *column, const uint8_t *goes_left, const uint32_t *rows,  \
                                                   size_t count, uint32_t *left, uint32_t *right) {                    \
        size_t l = 0, k = 0;                                                                                           \
        for (; k + 16 <= count; k += 16) {                                                                             \
            const __m512i sixteen = _mm512_loadu_si512(rows + k);                                                      \
            uint32_t go = 0;                                                                                           \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) go |=                                      \
                (uint32_t)goes_left[column[rows[k + (size_t)i]]] << i;                                                 \
            _mm512_storeu_si512(left + l, _mm512_maskz_compress_epi32((__mmask16)go, sixteen));                        \
            _mm512_storeu_si512(right + (k - l), _mm512_maskz_compress_epi32((__mmask16)~go, sixteen));                \
            l += (size_t)__builtin_popcount(go);                                                                       \
        }                                                                                                              \
        return partition_rest_##SUFFIX(column, goes_left, rows, k, count, left, l, right);                             \
    }

PARTITION_AVX512(u8, uint8_t)
PARTITION_AVX512(u16, uint16_t)
#define PARTITION_WIDE(SUFFIX)                                                                                         \
    if (instructions == OBLIGOR_AVX512) return partition_avx512_##SUFFIX(column, goes_left, rows, count, left, right);
#else
#define PARTITION_WIDE(SUFFIX) (void)instructions;
#endif

size_t obligor_partition_u8(obligor_instructions instructions, const uint8_t *column, const uint8_t *goes_left,
                            const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right) {
    PARTITION_WIDE(u8)
    return partition_rest_u8(column, goes_left, rows, 0, count, left, 0, right);
}

size_t obligor_partition_u16(obligor_instructions instructions, const uint16_t *column, const uint8_t *goes_left,
                             const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right) {
    PARTITION_WIDE(u16)
    return partition_rest_u16(column, goes_left, rows, 0, count, left, 0, right);
}

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

// Sums in eight lanes that are joined in order, so that every width of instructions adds the same numbers.
#define EXTENT_LANES 8

INLINE obligor_gradient_extent extent_body(const float *gradients, const float *hessians, size_t count) {
    float most_g[EXTENT_LANES] = {0}, most_h[EXTENT_LANES] = {0};
    double sum_g[EXTENT_LANES] = {0}, sum_h[EXTENT_LANES] = {0}, squares[EXTENT_LANES] = {0};
    for (size_t first = 0; first < count; first += EXTENT_LANES) {
        float g[EXTENT_LANES] = {0}, h[EXTENT_LANES] = {0};
        const size_t width = count - first < EXTENT_LANES ? count - first : EXTENT_LANES;
        if (width == EXTENT_LANES) {
            memcpy(g, gradients + first, sizeof g);
            memcpy(h, hessians + first, sizeof h);
        } else {
            memcpy(g, gradients + first, width * sizeof(float));
            memcpy(h, hessians + first, width * sizeof(float));
        }
        for (int k = 0; k < EXTENT_LANES; k++) {
            const float size = fabsf(g[k]);
            most_g[k] = size > most_g[k] ? size : most_g[k];
            most_h[k] = h[k] > most_h[k] ? h[k] : most_h[k];
            sum_g[k] += (double)size;
            sum_h[k] += (double)h[k];
            squares[k] += (double)size * (double)size;
        }
    }
    obligor_gradient_extent extent = {0};
    for (int k = 0; k < EXTENT_LANES; k++) {
        extent.largest_gradient = most_g[k] > extent.largest_gradient ? most_g[k] : extent.largest_gradient;
        extent.largest_hessian = most_h[k] > extent.largest_hessian ? most_h[k] : extent.largest_hessian;
        extent.gradients += sum_g[k];
        extent.hessians += sum_h[k];
        extent.squares += squares[k];
    }
    return extent;
}

VERSIONS(obligor_gradient_extent, extent, (const float *gradients, const float *hessians, size_t count),
         (gradients, hessians, count))

obligor_gradient_extent obligor_extent_of_gradients(obligor_instructions instructions, const float *gradients,
                                                    const float *hessians, size_t count) {
    CHOOSE(extent, (gradients, hessians, count))
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

// Whether some threshold of an unbound split may gain more than `bar`, without a division: of most features none does.
INLINE int may_gain(prefixes p, size_t count, const obligor_split_terms *t, const double *add, double bar) {
    const double gu = t->gradient_unit, hu = t->hessian_unit, l2 = t->l2;
    // Rounding is below a millionth of the margin.
    const double worth = (bar + t->parent_worth) * (1 - 1e-9);
    int64_t found = 0;
    for (size_t b = 0; b < count; b++) {
        double g = p.g[b] + add[0], h = p.h[b] + add[1], rows = p.c[b] + add[2];
        double gl = g * gu, gr = (t->gradient - g) * gu;
        double dl = h * hu + l2, dr = (t->hessian - h) * hu + l2;
        found |= (rows >= t->minimum_rows) & (t->rows - rows >= t->minimum_rows) &
                 (gl * gl * dr + gr * gr * dl > worth * (dl * dr));
    }
    return found != 0;
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
        const double bar = t->to_beat > best.gain ? t->to_beat : best.gain;
        if (is_plain && bar > 0 && !may_gain(p, count, t, add, bar)) continue;
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

// Sums of packed pairs are packed sums: those up to every bin that holds rows, with their places; returns how many.
INLINE size_t packed_prefixes(const int64_t *sums, size_t first, size_t bins, int64_t sum, size_t filled,
                              int64_t *prefixes, int32_t *places) {
    for (size_t b = first; b < bins; b++) {
        prefixes[filled] = sum += sums[b];
        places[filled] = (int32_t)b;
        filled += sums[b] != 0;
    }
    return filled;
}

#if defined(__x86_64__)
// Eight at a time; the same numbers.
AVX512 static size_t packed_prefixes_avx512(const int64_t *sums, size_t bins, int64_t *prefixes, int32_t *places) {
    const __m512i zero = _mm512_setzero_si512(), last = _mm512_set1_epi64(7);
    __m512i carry = zero;
    __m256i place = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    size_t filled = 0, b = 0;
    for (; b + 8 <= bins; b += 8) {
        __m512i x = _mm512_loadu_si512(sums + b);
        const __mmask8 holds_rows = _mm512_test_epi64_mask(x, x);
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 7));
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 6));
        x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 4));
        x = _mm512_add_epi64(x, carry);
        carry = _mm512_permutexvar_epi64(last, x);
        // Whole vectors are written where no more than b are filled, so they end before `bins`.
        _mm512_storeu_si512(prefixes + filled, _mm512_maskz_compress_epi64(holds_rows, x));
        _mm256_storeu_si256((__m256i *)(places + filled), _mm256_maskz_compress_epi32(holds_rows, place));
        filled += (size_t)__builtin_popcount(holds_rows);
        place = _mm256_add_epi32(place, _mm256_set1_epi32(8));
    }
    return packed_prefixes(sums, b, bins, _mm_cvtsi128_si64(_mm512_castsi512_si128(carry)), filled, prefixes, places);
}
#endif

INLINE obligor_threshold threshold_packed_body(const int64_t *sums, const uint32_t *counts, size_t bins,
                                               const obligor_split_terms *t, double *scratch, int is_avx512) {
    prefixes p = prefixes_in(scratch, bins);
    if (counts != NULL) {
        int64_t sum = 0;
        for (size_t b = 0; b < bins; b++) {
            p.gains[p.count] = sum += sums[b];
            p.bins[p.count] = (int32_t)b;
            p.count += sums[b] != 0 || counts[b] != 0;
        }
    } else if (is_avx512) {
#if defined(__x86_64__)
        p.count = packed_prefixes_avx512(sums, bins, p.gains, p.bins);
#endif
    } else {
        p.count = packed_prefixes(sums, 0, bins, 0, 0, p.gains, p.bins);
    }
    // The hessian is in the low half and not negative, so the high half is the gradient exactly.
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
    obligor_threshold obligor_best_threshold_##SUFFIX(obligor_instructions instructions, const SUM *sums,              \
                                                      const uint32_t *counts, size_t bins,                             \
                                                      obligor_split_terms terms, double *scratch) {                    \
        CHOOSE(threshold_##SUFFIX, (sums, counts, bins, &terms, scratch))                                              \
    }

VERSIONS(obligor_threshold, threshold_exact,
         (const double *sums, const uint32_t *counts, size_t bins, const obligor_split_terms *t, double *scratch),
         (sums, counts, bins, t, scratch))
THRESHOLD(exact, double)

static obligor_threshold threshold_packed_plain(const int64_t *sums, const uint32_t *counts, size_t bins,
                                                const obligor_split_terms *t, double *scratch) {
    return threshold_packed_body(sums, counts, bins, t, scratch, 0);
}

#if defined(__x86_64__)
AVX2 static obligor_threshold threshold_packed_avx2(const int64_t *sums, const uint32_t *counts, size_t bins,
                                                    const obligor_split_terms *t, double *scratch) {
    return threshold_packed_body(sums, counts, bins, t, scratch, 0);
}

AVX512 static obligor_threshold threshold_packed_avx512(const int64_t *sums, const uint32_t *counts, size_t bins,
                                                        const obligor_split_terms *t, double *scratch) {
    return threshold_packed_body(sums, counts, bins, t, scratch, 1);
}
#endif

THRESHOLD(packed, int64_t)

#include "boosting.h"
#include "versions.h"

#include <string.h>

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

// Columns side by side, each a stream of its own.
#define COLUMNS_AT_ONCE 5
// Rows whose expanded gradients are kept, and bytes of lines that are copied together.
#define BLOCK_ROWS 1024
#define BLOCK_BYTES 32768

// Calls PASS(n) for n = 1 ... OBLIGOR_FEATURES_AT_ONCE known to the compiler: the offsets of histograms at the fixed
// stride are then known too, which spares a load in every update.
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
    default: PASS(OBLIGOR_FEATURES_AT_ONCE); break;                                                                    \
    }
_Static_assert(OBLIGOR_FEATURES_AT_ONCE == 10, "WITH_CONSTANT has a case for every smaller number");

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
            _Static_assert(COLUMNS_AT_ONCE == 5, "there is a case for every smaller number");
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
        for (size_t f = 0; f < features; f += OBLIGOR_FEATURES_AT_ONCE) {
            const size_t part = features - f < OBLIGOR_FEATURES_AT_ONCE ? features - f : OBLIGOR_FEATURES_AT_ONCE;
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
    if (layout.count <= OBLIGOR_FEATURES_AT_ONCE)
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

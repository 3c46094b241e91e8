#include "scorer.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A fused multiply-add would give other bits than the version without.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

// Rows whose slots are worked out before they are looked up; both arrays stay in the first-level cache.
enum { CHUNK = 256 };
// Above this many edges a binary search per value is cheaper than counting all edges for many values at once.
enum { COUNTED_EDGES = 48 };

// ---- Bins, in a form that the compiler turns into vectors of whatever width the caller may use

#define DEFINE_BINNED(SUFFIX, REAL)                                                                            \
    INLINE void slots_##SUFFIX(const REAL *values, size_t count, const obligor_bins_##SUFFIX *bins,            \
                               uint32_t *slots) {                                                              \
        const size_t edges = bins->edge_count;                                                                 \
        if (edges <= COUNTED_EDGES) {                                                                          \
            for (size_t i = 0; i < count; i++) slots[i] = 0;                                                   \
            for (size_t k = 0; k < edges; k++) {                                                               \
                const REAL edge = bins->edges[k];                                                              \
                for (size_t i = 0; i < count; i++) slots[i] += values[i] >= edge;                              \
            }                                                                                                  \
        } else {                                                                                               \
            for (size_t i = 0; i < count; i++) {                                                               \
                size_t low = 0;                                                                                \
                for (size_t left = edges; left > 0;) {                                                         \
                    const size_t half = left / 2;                                                              \
                    const int above = values[i] >= bins->edges[low + half];                                    \
                    low = above ? low + half + 1 : low;                                                        \
                    left = above ? left - half - 1 : half;                                                     \
                }                                                                                              \
                slots[i] = (uint32_t)low;                                                                      \
            }                                                                                                  \
        }                                                                                                      \
        const uint32_t missing = (uint32_t)edges + 1;                                                          \
        for (size_t i = 0; i < count; i++) slots[i] = values[i] != values[i] ? missing : slots[i];             \
        for (size_t s = 0; s < bins->special_count; s++) {                                                     \
            const REAL special = bins->specials[s];                                                            \
            const uint32_t slot = missing + 1 + (uint32_t)s;                                                   \
            for (size_t i = 0; i < count; i++) slots[i] = values[i] == special ? slot : slots[i];              \
        }                                                                                                      \
    }                                                                                                          \
    INLINE void add_binned_##SUFFIX(const REAL *values, size_t count, const obligor_bins_##SUFFIX *bins,       \
                                    double *sums) {                                                            \
        uint32_t slots[CHUNK];                                                                                 \
        for (size_t start = 0; start < count; start += CHUNK) {                                                \
            const size_t part = count - start < CHUNK ? count - start : CHUNK;                                 \
            slots_##SUFFIX(values + start, part, bins, slots);                                                 \
            for (size_t i = 0; i < part; i++) sums[start + i] += bins->contributions[slots[i]];                \
        }                                                                                                      \
    }                                                                                                          \
    static void add_binned_##SUFFIX##_plain(const REAL *values, size_t count,                                  \
                                            const obligor_bins_##SUFFIX *bins, double *sums) {                 \
        add_binned_##SUFFIX(values, count, bins, sums);                                                        \
    }

DEFINE_BINNED(f32, float)
DEFINE_BINNED(f64, double)

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void add_binned_f32_avx2(
    const float *values, size_t count, const obligor_bins_f32 *bins, double *sums) {
    add_binned_f32(values, count, bins, sums);
}

__attribute__((target("avx2"))) static void add_binned_f64_avx2(
    const double *values, size_t count, const obligor_bins_f64 *bins, double *sums) {
    add_binned_f64(values, count, bins, sums);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define AVX512_INLINE static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512dq,avx512vl")))

// Up to 15 edges and 16 contributions fit into registers: a binary search by permutes, then a permute to look up.
enum { REGISTER_EDGES = 15 };

AVX512_INLINE __mmask8 first8(size_t count) { return (__mmask8)(count >= 8 ? 0xff : (1u << count) - 1); }

typedef struct {
    __m512d low, high;
} table16;

AVX512_INLINE table16 load_table16(const double *contributions, size_t count) {
    table16 table;
    table.low = _mm512_maskz_loadu_pd(first8(count), contributions);
    table.high = _mm512_maskz_loadu_pd(first8(count > 8 ? count - 8 : 0), contributions + (count > 8 ? 8 : 0));
    return table;
}

AVX512_INLINE void add8(__m512d contributions, __mmask8 rows, double *sums) {
    const __m512d sum = _mm512_maskz_loadu_pd(rows, sums);
    _mm512_mask_storeu_pd(sums, rows, _mm512_add_pd(sum, contributions));
}

AVX512_INLINE void add_registers_f64(
    table16 edges, table16 table, __m512d missing, const obligor_bins_f64 *bins, const double *values, __mmask8 rows,
    double *sums) {
    const __m512d x = _mm512_maskz_loadu_pd(rows, values);
    __m512i slot = _mm512_setzero_si512();
    for (int step = 8; step > 0; step /= 2) {
        const __m512i probe = _mm512_add_epi64(slot, _mm512_set1_epi64(step - 1));
        const __m512d edge = _mm512_permutex2var_pd(edges.low, probe, edges.high);
        slot = _mm512_mask_add_epi64(
            slot, _mm512_cmp_pd_mask(x, edge, _CMP_GE_OQ), slot, _mm512_set1_epi64(step));
    }
    __m512d a = _mm512_permutex2var_pd(table.low, slot, table.high);
    a = _mm512_mask_mov_pd(a, _mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q), missing);
    for (size_t s = 0; s < bins->special_count; s++) {
        const __mmask8 same = _mm512_cmp_pd_mask(x, _mm512_set1_pd(bins->specials[s]), _CMP_EQ_OQ);
        a = _mm512_mask_mov_pd(a, same, _mm512_set1_pd(bins->contributions[bins->edge_count + 2 + s]));
    }
    add8(a, rows, sums);
}

AVX512 static void add_binned_f64_avx512(
    const double *values, size_t count, const obligor_bins_f64 *bins, double *sums) {
    if (bins->edge_count > REGISTER_EDGES) {
        add_binned_f64(values, count, bins, sums);
        return;
    }
    double padded[16];
    for (size_t k = 0; k < 16; k++) padded[k] = k < bins->edge_count ? bins->edges[k] : NAN;
    const table16 edges = load_table16(padded, 16);
    const table16 table = load_table16(bins->contributions, bins->edge_count + 1);
    const __m512d missing = _mm512_set1_pd(bins->contributions[bins->edge_count + 1]);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) add_registers_f64(edges, table, missing, bins, values + i, 0xff, sums + i);
    if (i < count)
        add_registers_f64(edges, table, missing, bins, values + i, first8(count - i), sums + i);
}

#endif

void obligor_add_binned_f32(
    obligor_instructions instructions, const float *values, size_t count, obligor_bins_f32 bins, double *sums) {
#if defined(__x86_64__)
    if (instructions != OBLIGOR_PLAIN) {
        add_binned_f32_avx2(values, count, &bins, sums);
        return;
    }
#endif
    add_binned_f32_plain(values, count, &bins, sums);
}

void obligor_add_binned_f64(
    obligor_instructions instructions, const double *values, size_t count, obligor_bins_f64 bins, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        add_binned_f64_avx512(values, count, &bins, sums);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        add_binned_f64_avx2(values, count, &bins, sums);
        return;
    }
#endif
    add_binned_f64_plain(values, count, &bins, sums);
}

// ---- Lines

#define DEFINE_LINEAR(SUFFIX, REAL)                                                                            \
    void obligor_add_linear_##SUFFIX(const REAL *values, size_t count, obligor_line line, double *sums) {      \
        double parts[CHUNK];                                                                                   \
        for (size_t start = 0; start < count; start += CHUNK) {                                                \
            const size_t part = count - start < CHUNK ? count - start : CHUNK;                                 \
            const REAL *block = values + start;                                                                \
            for (size_t i = 0; i < part; i++) {                                                                \
                double x = (double)block[i];                                                                   \
                x = x < line.lower ? line.lower : x;                                                           \
                x = x > line.upper ? line.upper : x;                                                           \
                double y = line.slope * (x - line.centre);                                                     \
                y = y < -line.limit ? -line.limit : y;                                                         \
                y = y > line.limit ? line.limit : y;                                                           \
                parts[i] = x != x ? line.missing : y;                                                          \
            }                                                                                                  \
            for (size_t s = 0; s < line.special_count; s++) {                                                  \
                const double special = line.specials[s], contribution = line.special_contributions[s];         \
                for (size_t i = 0; i < part; i++)                                                              \
                    parts[i] = (double)block[i] == special ? contribution : parts[i];                          \
            }                                                                                                  \
            for (size_t i = 0; i < part; i++) sums[start + i] += parts[i];                                     \
        }                                                                                                      \
    }

DEFINE_LINEAR(f32, float)
DEFINE_LINEAR(f64, double)

// ---- Codes

void obligor_add_codes_u32(
    const uint32_t *codes, size_t count, const double *contributions, size_t last, double *sums) {
    for (size_t i = 0; i < count; i++) {
        const size_t code = codes[i];
        sums[i] += contributions[code < last ? code : last];
    }
}

// ---- Many columns at a time
//
// A chunk of rows is carried through all columns while its sums stay in the first-level cache, and every column's
// next chunk is fetched meanwhile: columns lie far apart, so that the processor's own prefetching would start anew
// with each.

// Rows of a chunk, a multiple of 64.
enum { TOGETHER = 512 };
// Slots that fit into registers.
enum { FITTED_SLOTS = 16 };

int obligor_fit_bins_f32(obligor_bins_f32 bins, obligor_fitted_f32 *fitted) {
    const size_t missing = FITTED_SLOTS - 1;
    if (bins.edge_count + 2 + bins.special_count > FITTED_SLOTS) return 0;
    // No value is above an edge that is NaN.
    for (size_t k = 0; k <= FITTED_SLOTS; k++) fitted->edges[k] = k < bins.edge_count ? bins.edges[k] : NAN;
    for (size_t k = 0; k < FITTED_SLOTS; k++) fitted->slots[k] = 0;
    for (size_t k = 0; k <= bins.edge_count; k++) fitted->slots[k] = bins.contributions[k];
    fitted->slots[missing] = bins.contributions[bins.edge_count + 1];
    fitted->special_count = (uint32_t)bins.special_count;
    for (size_t s = 0; s < bins.special_count; s++) {
        fitted->specials[s] = bins.specials[s];
        fitted->slots[missing - 1 - s] = bins.contributions[bins.edge_count + 2 + s];
    }
    return 1;
}

INLINE void add_fitted_f32(
    const float *const *values, const obligor_fitted_f32 *fitted, size_t columns, size_t first, size_t count,
    double *sums) {
    uint32_t slots[TOGETHER];
    for (size_t start = 0; start < count; start += TOGETHER) {
        const size_t part = count - start < TOGETHER ? count - start : TOGETHER;
        for (size_t j = 0; j < columns; j++) {
            const float *x = values[j] + first + start;
            const obligor_fitted_f32 *bins = fitted + j;
            for (size_t i = 0; i < part; i++) slots[i] = 0;
            for (size_t k = 0; k < FITTED_SLOTS - 1; k++)
                for (size_t i = 0; i < part; i++) slots[i] += x[i] >= bins->edges[k];
            for (size_t i = 0; i < part; i++) slots[i] = x[i] != x[i] ? FITTED_SLOTS - 1 : slots[i];
            for (uint32_t s = 0; s < bins->special_count; s++)
                for (size_t i = 0; i < part; i++)
                    slots[i] = x[i] == bins->specials[s] ? FITTED_SLOTS - 2 - s : slots[i];
            for (size_t i = 0; i < part; i++) sums[start + i] += bins->slots[slots[i]];
        }
    }
}

static void add_fitted_f32_plain(
    const float *const *values, const obligor_fitted_f32 *fitted, size_t columns, size_t first, size_t count,
    double *sums) {
    add_fitted_f32(values, fitted, columns, first, count, sums);
}

INLINE void add_tables_u8(
    const uint8_t *const *codes, const double *const *tables, size_t columns, size_t first, size_t count,
    double *sums) {
    for (size_t start = 0; start < count; start += TOGETHER) {
        const size_t part = count - start < TOGETHER ? count - start : TOGETHER;
        for (size_t j = 0; j < columns; j++) {
            const uint8_t *code = codes[j] + first + start;
            for (size_t i = 0; i < part; i++) sums[start + i] += tables[j][code[i]];
        }
    }
}

static void add_tables_u8_plain(
    const uint8_t *const *codes, const double *const *tables, size_t columns, size_t first, size_t count,
    double *sums) {
    add_tables_u8(codes, tables, columns, first, count, sums);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void add_fitted_f32_avx2(
    const float *const *values, const obligor_fitted_f32 *fitted, size_t columns, size_t first, size_t count,
    double *sums) {
    add_fitted_f32(values, fitted, columns, first, count, sums);
}

// The sums of a chunk, sixteen rows after sixteen: the even ones of them, then the odd ones. A permute of doubles
// looks at the low bits of 64-bit lanes alone, so that sixteen 32-bit slots serve as eight indices for the even
// rows as they are, and for the odd ones when shifted.
typedef struct {
    __attribute__((aligned(64))) double rows[TOGETHER];
} chunk_sums;

AVX512_INLINE void take_apart(const double *sums, size_t count, chunk_sums *chunk) {
    const __m512i even = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    for (size_t i = 0; i < count; i += 16) {
        const size_t left = count - i;
        const __m512d low = _mm512_maskz_loadu_pd(first8(left), sums + i);
        const __m512d high = _mm512_maskz_loadu_pd(first8(left > 8 ? left - 8 : 0), sums + i + 8);
        _mm512_store_pd(chunk->rows + i, _mm512_permutex2var_pd(low, even, high));
        _mm512_store_pd(chunk->rows + i + 8, _mm512_permutex2var_pd(low, odd, high));
    }
}

AVX512_INLINE void put_together(const chunk_sums *chunk, size_t count, double *sums) {
    const __m512i low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
    const __m512i high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    for (size_t i = 0; i < count; i += 16) {
        const size_t left = count - i;
        const __m512d even = _mm512_load_pd(chunk->rows + i), odd = _mm512_load_pd(chunk->rows + i + 8);
        _mm512_mask_storeu_pd(sums + i, first8(left), _mm512_permutex2var_pd(even, low, odd));
        _mm512_mask_storeu_pd(
            sums + i + 8, first8(left > 8 ? left - 8 : 0), _mm512_permutex2var_pd(even, high, odd));
    }
}

AVX512_INLINE void add_slots(__m512i slots, table16 table, double *rows) {
    const __m512d even = _mm512_permutex2var_pd(table.low, slots, table.high);
    const __m512d odd = _mm512_permutex2var_pd(table.low, _mm512_srli_epi64(slots, 32), table.high);
    _mm512_store_pd(rows, _mm512_add_pd(_mm512_load_pd(rows), even));
    _mm512_store_pd(rows + 8, _mm512_add_pd(_mm512_load_pd(rows + 8), odd));
}

// Edges for a binary search of four steps; the third and fourth are looked up by the slot found so far.
typedef struct {
    __m512 first, second_below, second_above, third, fourth;
} search_edges;

AVX512_INLINE __m512i fitted_slots(__m512 x, search_edges edges, const obligor_fitted_f32 *bins) {
    const __mmask16 above8 = _mm512_cmp_ps_mask(x, edges.first, _CMP_GE_OQ);
    const __m512 second = _mm512_mask_blend_ps(above8, edges.second_below, edges.second_above);
    __m512i slot = _mm512_maskz_mov_epi32(above8, _mm512_set1_epi32(8));
    slot = _mm512_mask_or_epi32(slot, _mm512_cmp_ps_mask(x, second, _CMP_GE_OQ), slot, _mm512_set1_epi32(4));
    const __m512 third = _mm512_permutexvar_ps(slot, edges.third);
    slot = _mm512_mask_or_epi32(slot, _mm512_cmp_ps_mask(x, third, _CMP_GE_OQ), slot, _mm512_set1_epi32(2));
    const __m512 fourth = _mm512_permutexvar_ps(slot, edges.fourth);
    slot = _mm512_mask_or_epi32(slot, _mm512_cmp_ps_mask(x, fourth, _CMP_GE_OQ), slot, _mm512_set1_epi32(1));
    const __mmask16 missing = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    slot = _mm512_mask_mov_epi32(slot, missing, _mm512_set1_epi32(FITTED_SLOTS - 1));
    for (uint32_t s = 0; s < bins->special_count; s++) {
        const __mmask16 same = _mm512_cmp_ps_mask(x, _mm512_set1_ps(bins->specials[s]), _CMP_EQ_OQ);
        slot = _mm512_mask_mov_epi32(slot, same, _mm512_set1_epi32((int)(FITTED_SLOTS - 2 - s)));
    }
    return slot;
}

AVX512 static void add_fitted_f32_avx512(
    const float *const *values, const obligor_fitted_f32 *fitted, size_t columns, size_t first, size_t count,
    double *sums) {
    chunk_sums chunk;
    for (size_t start = 0; start < count; start += TOGETHER) {
        const size_t part = count - start < TOGETHER ? count - start : TOGETHER;
        take_apart(sums + start, part, &chunk);
        for (size_t j = 0; j < columns; j++) {
            const float *x = values[j] + first + start;
            const obligor_fitted_f32 *bins = fitted + j;
            const search_edges edges = {
                _mm512_set1_ps(bins->edges[7]), _mm512_set1_ps(bins->edges[3]), _mm512_set1_ps(bins->edges[11]),
                _mm512_loadu_ps(bins->edges + 1), _mm512_loadu_ps(bins->edges)};
            const table16 table = {_mm512_loadu_pd(bins->slots), _mm512_loadu_pd(bins->slots + 8)};
            size_t i = 0;
            for (; i + 16 <= part; i += 16) {
                _mm_prefetch((const char *)(x + i + TOGETHER), _MM_HINT_T1);
                add_slots(fitted_slots(_mm512_loadu_ps(x + i), edges, bins), table, chunk.rows + i);
            }
            if (i < part) {
                const __m512 rest = _mm512_maskz_loadu_ps((__mmask16)((1u << (part - i)) - 1), x + i);
                add_slots(fitted_slots(rest, edges, bins), table, chunk.rows + i);
            }
        }
        put_together(&chunk, part, sums + start);
    }
}

// Codes beyond a table's 16 entries give its last one.
AVX512_INLINE __m512i code_slots(__m128i codes) {
    return _mm512_cvtepu8_epi32(_mm_min_epu8(codes, _mm_set1_epi8(FITTED_SLOTS - 1)));
}

AVX512 static void add_tables_u8_avx512(
    const uint8_t *const *codes, const double *const *tables, size_t columns, size_t first, size_t count,
    double *sums) {
    chunk_sums chunk;
    for (size_t start = 0; start < count; start += TOGETHER) {
        const size_t part = count - start < TOGETHER ? count - start : TOGETHER;
        take_apart(sums + start, part, &chunk);
        for (size_t j = 0; j < columns; j++) {
            const uint8_t *code = codes[j] + first + start;
            const table16 table = {_mm512_loadu_pd(tables[j]), _mm512_loadu_pd(tables[j] + 8)};
            for (size_t i = 0; i < part; i += 64) _mm_prefetch((const char *)(code + i + TOGETHER), _MM_HINT_T1);
            size_t i = 0;
            for (; i + 16 <= part; i += 16)
                add_slots(code_slots(_mm_loadu_si128((const __m128i *)(code + i))), table, chunk.rows + i);
            if (i < part) {
                const __m128i rest = _mm_maskz_loadu_epi8((__mmask16)((1u << (part - i)) - 1), code + i);
                add_slots(code_slots(rest), table, chunk.rows + i);
            }
        }
        put_together(&chunk, part, sums + start);
    }
}

#endif

void obligor_add_fitted_f32(
    obligor_instructions instructions, const float *const *values, const obligor_fitted_f32 *fitted, size_t columns,
    size_t first, size_t count, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        add_fitted_f32_avx512(values, fitted, columns, first, count, sums);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        add_fitted_f32_avx2(values, fitted, columns, first, count, sums);
        return;
    }
#endif
    add_fitted_f32_plain(values, fitted, columns, first, count, sums);
}

void obligor_add_tables_u8(
    obligor_instructions instructions, const uint8_t *const *codes, const double *const *tables, size_t used,
    size_t columns, size_t first, size_t count, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512 && used < FITTED_SLOTS) {
        add_tables_u8_avx512(codes, tables, columns, first, count, sums);
        return;
    }
#endif
    add_tables_u8_plain(codes, tables, columns, first, count, sums);
}

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

AVX512_INLINE __mmask16 first16(size_t count) { return (__mmask16)(count >= 16 ? 0xffff : (1u << count) - 1); }
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

AVX512_INLINE void add_registers_f32(
    __m512 edges, table16 table, __m512d missing, const obligor_bins_f32 *bins, const float *values, __mmask16 rows,
    double *sums) {
    const __m512 x = _mm512_maskz_loadu_ps(rows, values);
    // Padding edges are NaN, so that no value is above them.
    __m512i slot = _mm512_setzero_si512();
    for (int step = 8; step > 0; step /= 2) {
        const __m512i probe = _mm512_add_epi32(slot, _mm512_set1_epi32(step - 1));
        const __m512 edge = _mm512_permutexvar_ps(probe, edges);
        slot = _mm512_mask_add_epi32(
            slot, _mm512_cmp_ps_mask(x, edge, _CMP_GE_OQ), slot, _mm512_set1_epi32(step));
    }
    const __m512i first = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(slot));
    const __m512i second = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(slot, 1));
    __m512d a = _mm512_permutex2var_pd(table.low, first, table.high);
    __m512d b = _mm512_permutex2var_pd(table.low, second, table.high);
    const __mmask16 absent = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    a = _mm512_mask_mov_pd(a, (__mmask8)absent, missing);
    b = _mm512_mask_mov_pd(b, (__mmask8)(absent >> 8), missing);
    for (size_t s = 0; s < bins->special_count; s++) {
        const __mmask16 same = _mm512_cmp_ps_mask(x, _mm512_set1_ps(bins->specials[s]), _CMP_EQ_OQ);
        const __m512d special = _mm512_set1_pd(bins->contributions[bins->edge_count + 2 + s]);
        a = _mm512_mask_mov_pd(a, (__mmask8)same, special);
        b = _mm512_mask_mov_pd(b, (__mmask8)(same >> 8), special);
    }
    add8(a, (__mmask8)rows, sums);
    if (rows >> 8) add8(b, (__mmask8)(rows >> 8), sums + 8);
}

AVX512 static void add_binned_f32_avx512(
    const float *values, size_t count, const obligor_bins_f32 *bins, double *sums) {
    if (bins->edge_count > REGISTER_EDGES) {
        add_binned_f32(values, count, bins, sums);
        return;
    }
    const __m512 edges =
        _mm512_mask_loadu_ps(_mm512_set1_ps(NAN), first16(bins->edge_count), bins->edges);
    const table16 table = load_table16(bins->contributions, bins->edge_count + 1);
    const __m512d missing = _mm512_set1_pd(bins->contributions[bins->edge_count + 1]);
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
        add_registers_f32(edges, table, missing, bins, values + i, 0xffff, sums + i);
    if (i < count)
        add_registers_f32(edges, table, missing, bins, values + i, first16(count - i), sums + i);
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

AVX512_INLINE __m512d lookup_codes(table16 table, __m128i codes) {
    return _mm512_permutex2var_pd(table.low, _mm512_cvtepu8_epi64(codes), table.high);
}

// Codes beyond the table's 16 entries give its last one.
AVX512 static void add_codes_u8_avx512(
    const uint8_t *codes, size_t count, const double *contributions, double *sums) {
    const table16 table = load_table16(contributions, 16);
    const __m128i last = _mm_set1_epi8(15);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m128i code = _mm_min_epu8(_mm_loadu_si128((const __m128i *)(codes + i)), last);
        add8(lookup_codes(table, code), 0xff, sums + i);
        add8(lookup_codes(table, _mm_srli_si128(code, 8)), 0xff, sums + i + 8);
    }
    for (; i < count; i++) sums[i] += contributions[codes[i]];
}

#endif

void obligor_add_binned_f32(
    obligor_instructions instructions, const float *values, size_t count, obligor_bins_f32 bins, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        add_binned_f32_avx512(values, count, &bins, sums);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
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

void obligor_add_codes_u8(
    obligor_instructions instructions, const uint8_t *codes, size_t count, const double *contributions,
    size_t used, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512 && used < 16) {
        add_codes_u8_avx512(codes, count, contributions, sums);
        return;
    }
#endif
    for (size_t i = 0; i < count; i++) sums[i] += contributions[codes[i]];
}

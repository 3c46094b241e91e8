#include "conditions.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static int holds(obligor_comparison comparison, double left, double right) {
    switch (comparison) {
    case OBLIGOR_BELOW: return left < right;
    case OBLIGOR_AT_MOST: return left <= right;
    case OBLIGOR_EQUAL: return left == right;
    case OBLIGOR_UNEQUAL: return left < right || left > right;
    case OBLIGOR_AT_LEAST: return left >= right;
    case OBLIGOR_ABOVE: return left > right;
    case OBLIGOR_MISSING: return isnan(left);
    case OBLIGOR_PRESENT: return !isnan(left);
    }
    return 0;
}

// The rows from `start` on, one by one; the words that they stand in are cleared first.
#define REST(VALUE, NUMBER)                                                                                            \
    for (size_t word = start / 64; word * 64 < rows; word++) bits[word] = 0;                                           \
    for (size_t i = start; i < rows; i++)                                                                              \
        bits[i / 64] |= (uint64_t)holds(comparison, (double)(VALUE), (NUMBER)) << (i % 64);

#if defined(__x86_64__)

// The loop over whole words, for one comparison that is known when compiling.
#define WORDS_AVX512(LEFT, RIGHT, PREDICATE)                                                                           \
    for (; start + 64 <= rows; start += 64) {                                                                          \
        uint64_t word = 0;                                                                                             \
        for (size_t i = 0; i < 64; i += 8)                                                                             \
            word |= (uint64_t)_mm512_cmp_pd_mask((LEFT), (RIGHT), (PREDICATE)) << i;                                   \
        bits[start / 64] = word;                                                                                       \
    }

#define WORDS_AVX2(LEFT, RIGHT, PREDICATE)                                                                             \
    for (; start + 64 <= rows; start += 64) {                                                                          \
        uint64_t word = 0;                                                                                             \
        for (size_t i = 0; i < 64; i += 4)                                                                             \
            word |= (uint64_t)(unsigned)_mm256_movemask_pd(_mm256_cmp_pd((LEFT), (RIGHT), (PREDICATE))) << i;          \
        bits[start / 64] = word;                                                                                       \
    }

// Ordered comparisons: false where a side is NaN. Missing and present compare a value with itself.
#define EACH_COMPARISON(WORDS, LEFT, RIGHT)                                                                            \
    switch (comparison) {                                                                                              \
    case OBLIGOR_BELOW: WORDS(LEFT, RIGHT, _CMP_LT_OQ) break;                                                          \
    case OBLIGOR_AT_MOST: WORDS(LEFT, RIGHT, _CMP_LE_OQ) break;                                                        \
    case OBLIGOR_EQUAL: WORDS(LEFT, RIGHT, _CMP_EQ_OQ) break;                                                          \
    case OBLIGOR_UNEQUAL: WORDS(LEFT, RIGHT, _CMP_NEQ_OQ) break;                                                       \
    case OBLIGOR_AT_LEAST: WORDS(LEFT, RIGHT, _CMP_GE_OQ) break;                                                       \
    case OBLIGOR_ABOVE: WORDS(LEFT, RIGHT, _CMP_GT_OQ) break;                                                          \
    case OBLIGOR_MISSING: WORDS(LEFT, LEFT, _CMP_UNORD_Q) break;                                                       \
    case OBLIGOR_PRESENT: WORDS(LEFT, LEFT, _CMP_ORD_Q) break;                                                         \
    }

__attribute__((target("avx512f"))) static size_t compare_f64_avx512(
    obligor_comparison comparison, const double *values, size_t rows, double number, uint64_t *bits) {
    const __m512d right = _mm512_set1_pd(number);
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX512, _mm512_loadu_pd(values + start + i), right)
    return start;
}

__attribute__((target("avx2"))) static size_t compare_f64_avx2(
    obligor_comparison comparison, const double *values, size_t rows, double number, uint64_t *bits) {
    const __m256d right = _mm256_set1_pd(number);
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX2, _mm256_loadu_pd(values + start + i), right)
    return start;
}

__attribute__((target("avx512f"))) static size_t compare_f32_avx512(
    obligor_comparison comparison, const float *values, size_t rows, double number, uint64_t *bits) {
    const __m512d right = _mm512_set1_pd(number);
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX512, _mm512_cvtps_pd(_mm256_loadu_ps(values + start + i)), right)
    return start;
}

__attribute__((target("avx2"))) static size_t compare_f32_avx2(
    obligor_comparison comparison, const float *values, size_t rows, double number, uint64_t *bits) {
    const __m256d right = _mm256_set1_pd(number);
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX2, _mm256_cvtps_pd(_mm_loadu_ps(values + start + i)), right)
    return start;
}

__attribute__((target("avx512f"))) static size_t compare_columns_avx512(
    obligor_comparison comparison, const double *values, const double *others, size_t rows, uint64_t *bits) {
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX512, _mm512_loadu_pd(values + start + i), _mm512_loadu_pd(others + start + i))
    return start;
}

__attribute__((target("avx2"))) static size_t compare_columns_avx2(
    obligor_comparison comparison, const double *values, const double *others, size_t rows, uint64_t *bits) {
    size_t start = 0;
    EACH_COMPARISON(WORDS_AVX2, _mm256_loadu_pd(values + start + i), _mm256_loadu_pd(others + start + i))
    return start;
}

#endif

void obligor_compare_f64(
    obligor_instructions instructions, obligor_comparison comparison, const double *values, size_t rows, double number,
    uint64_t *bits) {
    size_t start = 0;
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) start = compare_f64_avx512(comparison, values, rows, number, bits);
    if (instructions == OBLIGOR_AVX2) start = compare_f64_avx2(comparison, values, rows, number, bits);
#endif
    REST(values[i], number)
}

void obligor_compare_f32(
    obligor_instructions instructions, obligor_comparison comparison, const float *values, size_t rows, double number,
    uint64_t *bits) {
    size_t start = 0;
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) start = compare_f32_avx512(comparison, values, rows, number, bits);
    if (instructions == OBLIGOR_AVX2) start = compare_f32_avx2(comparison, values, rows, number, bits);
#endif
    REST(values[i], number)
}

void obligor_compare_columns(
    obligor_instructions instructions, obligor_comparison comparison, const double *left, const double *right,
    size_t rows, uint64_t *bits) {
    size_t start = 0;
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) start = compare_columns_avx512(comparison, left, right, rows, bits);
    if (instructions == OBLIGOR_AVX2) start = compare_columns_avx2(comparison, left, right, rows, bits);
#endif
    REST(left[i], right[i])
}

#define INLINE static inline __attribute__((always_inline))

INLINE void reached_bounds(
    const double *values, size_t rows, const double *bounds, size_t bound_count, uint8_t *reached) {
    for (size_t i = 0; i < rows; i++) reached[i] = 0;
    for (size_t k = 0; k < bound_count; k++) {
        const double bound = bounds[k];
        for (size_t i = 0; i < rows; i++) reached[i] = (uint8_t)(reached[i] + (values[i] >= bound));
    }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void reached_bounds_avx2(
    const double *values, size_t rows, const double *bounds, size_t bound_count, uint8_t *reached) {
    reached_bounds(values, rows, bounds, bound_count, reached);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void reached_bounds_avx512(
    const double *values, size_t rows, const double *bounds, size_t bound_count, uint8_t *reached) {
    size_t start = 0;
    for (; start + 8 <= rows; start += 8) {
        const __m512d value = _mm512_loadu_pd(values + start);
        __m512i count = _mm512_setzero_si512();
        for (size_t k = 0; k < bound_count; k++) {
            const __mmask8 reaches = _mm512_cmp_pd_mask(value, _mm512_set1_pd(bounds[k]), _CMP_GE_OQ);
            count = _mm512_mask_add_epi64(count, reaches, count, _mm512_set1_epi64(1));
        }
        _mm_storel_epi64((__m128i *)(reached + start), _mm512_cvtepi64_epi8(count));
    }
    reached_bounds(values + start, rows - start, bounds, bound_count, reached + start);
}

#endif

void obligor_reached_bounds(
    obligor_instructions instructions, const double *values, size_t rows, const double *bounds, size_t bound_count,
    uint8_t *reached) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        reached_bounds_avx512(values, rows, bounds, bound_count, reached);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        reached_bounds_avx2(values, rows, bounds, bound_count, reached);
        return;
    }
#endif
    reached_bounds(values, rows, bounds, bound_count, reached);
}

#if defined(__x86_64__)

// Whether all values of whole eights are inside, without looking for the one that is not; the rest is for the caller.
__attribute__((target("avx512f"))) static size_t all_inside_avx512(
    const double *values, size_t rows, double least, double largest) {
    const __m512d low = _mm512_set1_pd(least), high = _mm512_set1_pd(largest);
    __mmask8 outside = 0;
    size_t start = 0;
    for (; start + 8 <= rows; start += 8) {
        const __m512d value = _mm512_loadu_pd(values + start);
        outside |= _mm512_cmp_pd_mask(value, low, _CMP_NGE_UQ) | _mm512_cmp_pd_mask(value, high, _CMP_NLE_UQ);
    }
    return outside ? 0 : start;
}

#endif

size_t obligor_first_outside(
    obligor_instructions instructions, const double *values, size_t rows, double least, double largest) {
    size_t i = 0;
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) i = all_inside_avx512(values, rows, least, largest);
#endif
    while (i < rows && values[i] >= least && values[i] <= largest) i++;
    return i;
}

#include "forest.h"
#include "forest_row.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

enum { ROWS = OBLIGOR_FOREST_ROWS, LANES = OBLIGOR_FOREST_LANES, ABREAST = 16 };

// What LightGBM takes for zero.
static const float nearly_zero = 1e-35f;

obligor_instructions obligor_forest_instructions(void) {
    obligor_instructions widest = obligor_widest_instructions();
#if defined(__x86_64__)
    if (widest == OBLIGOR_AVX512 && !__builtin_cpu_supports("avx512vbmi")) return OBLIGOR_AVX2;
#endif
    return widest;
}

// ---- Plain versions: a search that takes the same steps for every value, several values abreast

#define DEFINE_RANKS(SUFFIX, REAL)                                                                                   \
    INLINE int8_t rank_##SUFFIX(REAL value, const REAL *thresholds, uint32_t levels) {                               \
        uint32_t place = 1;                                                                                          \
        for (uint32_t level = 0; level < levels; level++) place = 2 * place + (thresholds[place] < value);           \
        return (int8_t)((int)(place - (1u << levels)) - 128);                                                        \
    }                                                                                                                \
    INLINE int missing_##SUFFIX(REAL value, uint32_t zero_is_missing) {                                              \
        int is_zero = value >= -(REAL)nearly_zero && value <= (REAL)nearly_zero;                                     \
        return (value != value) | ((zero_is_missing != 0) & is_zero);                                                \
    }                                                                                                                \
    INLINE void ranks_##SUFFIX(const REAL *values, size_t count, const REAL *thresholds,                             \
                               const obligor_forest_number *number, int8_t *left, int8_t *right) {                   \
        const uint32_t levels = number->levels, zero_is_missing = number->zero_is_missing;                           \
        for (size_t first = 0; first < count; first += ABREAST) {                                                    \
            size_t width = count - first < ABREAST ? count - first : ABREAST;                                        \
            REAL v[ABREAST] = {0};                                                                                   \
            uint32_t place[ABREAST];                                                                                 \
            memcpy(v, values + first, width * sizeof(REAL));                                                         \
            for (int k = 0; k < ABREAST; k++) place[k] = 1;                                                          \
            for (uint32_t level = 0; level < levels; level++)                                                        \
                for (int k = 0; k < ABREAST; k++) place[k] = 2 * place[k] + (thresholds[place[k]] < v[k]);           \
            for (size_t k = 0; k < width; k++) {                                                                     \
                int rank = (int)(place[k] - (1u << levels)) - 128;                                                   \
                int is_missing = missing_##SUFFIX(v[k], zero_is_missing);                                            \
                if (left) left[first + k] = (int8_t)(is_missing ? -128 : rank);                                      \
                if (right) right[first + k] = (int8_t)(is_missing ? 127 : rank);                                     \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
    INLINE uint8_t class_##SUFFIX(REAL value, const uint8_t *table, size_t limit) {                                  \
        if (value != value) return 255;                                                                              \
        return value > -1 && value < (REAL)limit ? table[(size_t)value] : 0;                                         \
    }                                                                                                                \
    void obligor_forest_classes_##SUFFIX(const REAL *values, size_t count, const uint8_t *table, size_t limit,       \
                                         uint8_t *classes) {                                                         \
        for (size_t i = 0; i < count; i++) classes[i] = class_##SUFFIX(values[i], table, limit);                     \
    }                                                                                                                \
    INLINE void prepare_row_##SUFFIX(const obligor_forest *forest, const REAL *thresholds, const REAL *row,          \
                                     int8_t *ranks, uint8_t *classes) {                                              \
        for (size_t i = 0; i < forest->number_count; i++) {                                                          \
            const obligor_forest_number number = forest->numbers[i];                                                 \
            const REAL value = row[number.feature];                                                                  \
            const int8_t rank = rank_##SUFFIX(value, thresholds + number.first_threshold, number.levels);            \
            const int is_missing = missing_##SUFFIX(value, number.zero_is_missing);                                  \
            if (number.left_column != UINT32_MAX) ranks[number.left_column] = is_missing ? -128 : rank;              \
            if (number.right_column != UINT32_MAX) ranks[number.right_column] = is_missing ? 127 : rank;             \
        }                                                                                                            \
        for (size_t i = 0; i < forest->category_count; i++) {                                                        \
            const obligor_forest_category category = forest->categories[i];                                          \
            classes[category.column] =                                                                               \
                class_##SUFFIX(row[category.feature], forest->classes + category.first_entry, category.limit);       \
        }                                                                                                            \
    }

DEFINE_RANKS(f32, float)
DEFINE_RANKS(f64, double)

void obligor_forest_ranks_f64(const double *values, size_t count, const double *thresholds,
                              const obligor_forest_number *number, int8_t *left, int8_t *right) {
    ranks_f64(values, count, thresholds, number, left, right);
}

void obligor_forest_classes_u32(const uint32_t *codes, size_t count, size_t levels, const uint8_t *table, size_t limit,
                                uint8_t *classes) {
    for (size_t i = 0; i < count; i++)
        classes[i] = codes[i] >= levels ? 255 : codes[i] < limit ? table[codes[i]] : 0;
}

static void transpose_plain(const float *rows, size_t stride, size_t count, size_t features, float *columns) {
    for (size_t row = 0; row < count; row++)
        for (size_t f = 0; f < features; f++) columns[f * ROWS + row] = rows[row * stride + f];
}

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))
#define AVX512_INLINE static inline __attribute__((always_inline)) AVX512

// ---- AVX-512: the search tree stays in registers, level by level

// One step below level 3: the thresholds of a level fill 1, 2, 4 or 8 registers.
AVX512_INLINE __m512 threshold_at(__m512i place, const __m512 *level, int registers) {
    if (registers == 1) return _mm512_permutexvar_ps(place, level[0]);
    if (registers == 2) return _mm512_permutex2var_ps(level[0], place, level[1]);
    const __mmask16 upper = _mm512_test_epi32_mask(place, _mm512_set1_epi32(32));
    __m512 first = _mm512_mask_blend_ps(upper, _mm512_permutex2var_ps(level[0], place, level[1]),
                                        _mm512_permutex2var_ps(level[2], place, level[3]));
    if (registers == 4) return first;
    __m512 second = _mm512_mask_blend_ps(upper, _mm512_permutex2var_ps(level[4], place, level[5]),
                                         _mm512_permutex2var_ps(level[6], place, level[7]));
    return _mm512_mask_blend_ps(_mm512_test_epi32_mask(place, _mm512_set1_epi32(64)), first, second);
}

AVX512_INLINE __m512i step_down(__m512i place, __m512 threshold, __m512 value) {
    const __m512i twice = _mm512_add_epi32(place, place);
    return _mm512_mask_add_epi32(twice, _mm512_cmp_ps_mask(threshold, value, _CMP_LT_OQ), twice, _mm512_set1_epi32(1));
}

AVX512_INLINE void store16(__m512i ranks, __mmask16 is_missing, int substitute, int8_t *to) {
    const __m512i filled = _mm512_mask_mov_epi32(ranks, is_missing, _mm512_set1_epi32(substitute));
    _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8(filled));
}

AVX512_INLINE void ranks_avx512(const float *values, size_t count, const float *thresholds,
                                const obligor_forest_number *number, int8_t *left, int8_t *right, int levels) {
    __m512 tree[16];
    for (int r = 0; r < (1 << levels) / 16; r++) tree[r] = _mm512_loadu_ps(thresholds + 16 * r);
    const __mmask16 zeros = number->zero_is_missing ? 0xffff : 0;
    const __m512i base = _mm512_set1_epi32((1 << levels) + 128);
    for (size_t i = 0; i < count; i += 16) {
        const __mmask16 rows = (__mmask16)(count - i >= 16 ? 0xffff : (1u << (count - i)) - 1);
        const __m512 value = _mm512_maskz_loadu_ps(rows, values + i);
        __m512i place = _mm512_set1_epi32(1);
#pragma clang loop unroll(full)
        for (int level = 0; level < levels; level++) {
            const int first = level < 4 ? 0 : (1 << level) / 16;
            place = step_down(place, threshold_at(place, tree + first, level < 5 ? 1 : (1 << level) / 16), value);
        }
        const __m512i ranks = _mm512_sub_epi32(place, base);
        const __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
        const __mmask16 zero =
            _mm512_mask_cmp_ps_mask(zeros, _mm512_abs_ps(value), _mm512_set1_ps(nearly_zero), _CMP_LE_OQ);
        const __mmask16 is_missing = nan | zero;
        if (left) store16(ranks, is_missing, -128, left + i);
        if (right) store16(ranks, is_missing, 127, right + i);
    }
}

#define DEFINE_LEVELS(LEVELS)                                                                                      \
    AVX512 static void ranks_avx512_##LEVELS(const float *values, size_t count, const float *thresholds,           \
                                             const obligor_forest_number *number, int8_t *left, int8_t *right) {   \
        ranks_avx512(values, count, thresholds, number, left, right, LEVELS);                                      \
    }

DEFINE_LEVELS(4)
DEFINE_LEVELS(5)
DEFINE_LEVELS(6)
DEFINE_LEVELS(7)
DEFINE_LEVELS(8)

// 16 rows of 16 features: pairs, quadruples, then quarters of registers change places.
AVX512_INLINE void transpose16(const float *rows, size_t stride, size_t count, __mmask16 features, float *columns) {
    __m512 r[16], t[16];
    for (size_t i = 0; i < 16; i++)
        r[i] = i < count ? _mm512_maskz_loadu_ps(features, rows + i * stride) : _mm512_setzero_ps();
    for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
        const __m512d a = _mm512_castps_pd(t[4 * i]), b = _mm512_castps_pd(t[4 * i + 2]);
        const __m512d c = _mm512_castps_pd(t[4 * i + 1]), d = _mm512_castps_pd(t[4 * i + 3]);
        r[4 * i] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
        r[4 * i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
        r[4 * i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(c, d));
        r[4 * i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(c, d));
    }
    for (int i = 0; i < 4; i++) {
        // Register 4 q + i holds, in quarter s, feature 4 s + i of the rows 4 q ... 4 q + 3.
        const __m512 a = _mm512_shuffle_f32x4(r[i], r[4 + i], 0x88);
        const __m512 b = _mm512_shuffle_f32x4(r[8 + i], r[12 + i], 0x88);
        const __m512 c = _mm512_shuffle_f32x4(r[i], r[4 + i], 0xdd);
        const __m512 d = _mm512_shuffle_f32x4(r[8 + i], r[12 + i], 0xdd);
        _mm512_storeu_ps(columns + (size_t)i * ROWS, _mm512_shuffle_f32x4(a, b, 0x88));
        _mm512_storeu_ps(columns + (size_t)(8 + i) * ROWS, _mm512_shuffle_f32x4(a, b, 0xdd));
        _mm512_storeu_ps(columns + (size_t)(4 + i) * ROWS, _mm512_shuffle_f32x4(c, d, 0x88));
        _mm512_storeu_ps(columns + (size_t)(12 + i) * ROWS, _mm512_shuffle_f32x4(c, d, 0xdd));
    }
}

AVX512 static void transpose_avx512(const float *rows, size_t stride, size_t count, size_t features, float *columns) {
    const __mmask16 present = (__mmask16)(features >= 16 ? 0xffff : (1u << features) - 1);
    size_t row = 0;
    for (; row + 16 <= count; row += 16) transpose16(rows + row * stride, stride, 16, present, columns + row);
    if (row < count) transpose16(rows + row * stride, stride, count - row, present, columns + row);
}

#endif

void obligor_forest_transpose(obligor_instructions instructions, const float *rows, size_t stride, size_t count,
                              size_t features, float *columns) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        transpose_avx512(rows, stride, count, features, columns);
        return;
    }
#endif
    (void)instructions;
    transpose_plain(rows, stride, count, features, columns);
}

void obligor_forest_ranks_f32(obligor_instructions instructions, const float *values, size_t count,
                              const float *thresholds, const obligor_forest_number *number, int8_t *left,
                              int8_t *right) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        switch (number->levels) {
        case 4: ranks_avx512_4(values, count, thresholds, number, left, right); return;
        case 5: ranks_avx512_5(values, count, thresholds, number, left, right); return;
        case 6: ranks_avx512_6(values, count, thresholds, number, left, right); return;
        case 7: ranks_avx512_7(values, count, thresholds, number, left, right); return;
        default: ranks_avx512_8(values, count, thresholds, number, left, right); return;
        }
    }
#endif
    (void)instructions;
    ranks_f32(values, count, thresholds, number, left, right);
}

// ---- One row

INLINE uint8_t *classes_behind(const obligor_forest *forest, int8_t *scratch) {
    return (uint8_t *)scratch + (forest->columns < 256 ? 256 : forest->columns);
}

void obligor_forest_add_row_f32(obligor_instructions instructions, const obligor_forest *forest, const float *row,
                                int8_t *scratch, double *sums) {
    uint8_t *classes = classes_behind(forest, scratch);
    prepare_row_f32(forest, forest->thresholds_f32, row, scratch, classes);
    obligor_forest_add_prepared_row(instructions, forest, scratch, classes, sums);
}

void obligor_forest_add_row_f64(obligor_instructions instructions, const obligor_forest *forest, const double *row,
                                int8_t *scratch, double *sums) {
    uint8_t *classes = classes_behind(forest, scratch);
    prepare_row_f64(forest, forest->thresholds_f64, row, scratch, classes);
    obligor_forest_add_prepared_row(instructions, forest, scratch, classes, sums);
}

#include "forest_contributions.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A fused multiply-add would give other bits than the version without.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

enum { ROWS = OBLIGOR_CONTRIBUTION_ROWS, POINTS = OBLIGOR_CONTRIBUTION_POINTS, BLOCK = OBLIGOR_FOREST_ROWS };

// Bit i of the result: whether the rank of row i is above `rank`.
INLINE uint64_t above_plain(const int8_t *ranks, int8_t rank) {
    uint64_t mask = 0;
    for (int row = 0; row < ROWS; row++) mask |= (uint64_t)(ranks[row] > rank) << row;
    return mask;
}

INLINE void add_sets(const obligor_forest_set *set, size_t sets, int8_t *columns, const uint8_t *classes,
                     size_t first_row) {
    for (const obligor_forest_set *end = set + sets; set < end; set++) {
        const uint8_t *c = classes + (size_t)set->class_column * BLOCK + first_row;
        int8_t *to = columns + (size_t)set->column * BLOCK + first_row;
        for (size_t i = 0; i < ROWS; i++) to[i] = (set->bits[c[i] >> 3] >> (c[i] & 7) & 1) ? -128 : 0;
    }
}

// Masks as lanes: all ones where a row passes.
INLINE void spread(uint64_t mask, int32_t *lanes) {
    for (int row = 0; row < ROWS; row++) lanes[row] = -(int32_t)(mask >> row & 1);
}

INLINE float chosen(int32_t mask, float yes, float no) {
    union {
        float value;
        int32_t bits;
    } a = {yes}, b = {no};
    a.bits = (a.bits & mask) | (b.bits & ~mask);
    return a.value;
}

INLINE void add_leaf_plain(const obligor_contributions *contributions, const obligor_contribution_leaf *leaf,
                           const uint64_t *passes, float *tree_sums) {
    float products[POINTS][ROWS];
    int32_t pass[ROWS];
    const size_t points = leaf->points;
    const float *values = contributions->values + leaf->first_value;
    const obligor_contribution_element *elements = contributions->elements + leaf->first_element;
    const uint32_t *tests = contributions->tests + leaf->first_test;
    uint64_t masks[2 * POINTS];
    for (size_t q = 0; q < points; q++)
        for (int row = 0; row < ROWS; row++) products[q][row] = values[q];
    values += points;
    for (size_t j = 0; j < leaf->elements; j++) {
        uint64_t mask = UINT64_MAX;
        for (uint32_t t = 0; t < elements[j].tests; t++) mask &= passes[*tests++];
        masks[j] = mask;
        spread(mask, pass);
        for (size_t q = 0; q < points; q++) {
            const float factor = values[2 * points * j + q];
            for (int row = 0; row < ROWS; row++)
                products[q][row] = products[q][row] * chosen(pass[row], 1, factor);
        }
    }
    float stopped[ROWS] = {0};
    const float *complements = contributions->complements + points * (points - 1) / 2;
    for (size_t q = 0; q < points; q++)
        for (int row = 0; row < ROWS; row++) stopped[row] = stopped[row] - products[q][row] * complements[q];
    for (size_t j = 0; j < leaf->elements; j++) {
        const float *terms = values + 2 * points * j + points;
        float passed[ROWS] = {0};
        for (size_t q = 0; q < points; q++)
            for (int row = 0; row < ROWS; row++) passed[row] = passed[row] + products[q][row] * terms[q];
        spread(masks[j], pass);
        float *sums = tree_sums + (size_t)elements[j].feature * ROWS;
        for (int row = 0; row < ROWS; row++) sums[row] = sums[row] + chosen(pass[row], passed[row], stopped[row]);
    }
}

#define DEFINE_CONTRIBUTIONS(SUFFIX, ABOVE, ADD_LEAF, ATTRIBUTE)                                                     \
    ATTRIBUTE static void add_contributions_##SUFFIX(                                                                \
        const obligor_forest *forest, const obligor_contributions *contributions, size_t first_row, int8_t *columns, \
        const uint8_t *classes, uint64_t *passes, float *tree_sums, double *sums) {                                  \
        for (size_t g = 0; g < forest->group_count; g++) {                                                           \
            const obligor_forest_group *group = forest->groups + g;                                                  \
            add_sets(forest->sets + group->first_set, group->set_count, columns, classes, first_row);                \
            double *output = sums + (size_t)group->output * contributions->features_per_output * ROWS;               \
            for (size_t t = 0; t < group->tree_count; t++) {                                                         \
                const obligor_contribution_tree *tree = contributions->trees + group->first_tree + t;                \
                const uint32_t *tests = contributions->split_tests + tree->first_split;                              \
                for (size_t s = 0; s < tree->split_count; s++) {                                                     \
                    const int8_t *ranks = columns + (size_t)(tests[s] >> 8) * BLOCK + first_row;                     \
                    passes[2 * s + 1] = ABOVE(ranks, (int8_t)tests[s]);                                              \
                    passes[2 * s] = ~passes[2 * s + 1];                                                              \
                }                                                                                                    \
                memset(tree_sums, 0, tree->feature_count * ROWS * sizeof(float));                                    \
                for (size_t l = 0; l < tree->leaf_count; l++)                                                        \
                    ADD_LEAF(contributions, contributions->leaves + tree->first_leaf + l, passes, tree_sums);        \
                for (size_t f = 0; f < tree->feature_count; f++) {                                                   \
                    double *to = output + (size_t)contributions->features[tree->first_feature + f] * ROWS;           \
                    const float *from = tree_sums + f * ROWS;                                                        \
                    for (int row = 0; row < ROWS; row++) to[row] = to[row] + (double)from[row];                      \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

DEFINE_CONTRIBUTIONS(plain, above_plain, add_leaf_plain, )

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))
#define AVX512_INLINE static inline __attribute__((always_inline)) AVX512

DEFINE_CONTRIBUTIONS(avx2, above_plain, add_leaf_plain, __attribute__((target("avx2"))))

AVX512_INLINE uint64_t above_avx512(const int8_t *ranks, int8_t rank) {
    return _mm512_cmpgt_epi8_mask(_mm512_loadu_si512(ranks), _mm512_set1_epi8(rank));
}

// Four registers of 16 rows, a fixed number of points at a time.
AVX512_INLINE void add_leaf_avx512(const obligor_contributions *contributions, const obligor_contribution_leaf *leaf,
                                   const uint64_t *passes, float *tree_sums) {
    __m512 products[POINTS][4];
    uint64_t masks[2 * POINTS];
    const size_t points = leaf->points;
    const float *values = contributions->values + leaf->first_value;
    const obligor_contribution_element *elements = contributions->elements + leaf->first_element;
    const uint32_t *tests = contributions->tests + leaf->first_test;
    for (size_t q = 0; q < points; q++)
        for (int r = 0; r < 4; r++) products[q][r] = _mm512_set1_ps(values[q]);
    values += points;
    for (size_t j = 0; j < leaf->elements; j++) {
        uint64_t mask = UINT64_MAX;
        for (uint32_t t = 0; t < elements[j].tests; t++) mask &= passes[*tests++];
        masks[j] = mask;
        const float *factors = values + 2 * points * j;
        for (size_t q = 0; q < points; q++) {
            const __m512 factor = _mm512_set1_ps(factors[q]);
            for (int r = 0; r < 4; r++) {
                const __mmask16 stops = (__mmask16)~(mask >> 16 * r);
                products[q][r] = _mm512_mask_mul_ps(products[q][r], stops, products[q][r], factor);
            }
        }
    }
    __m512 stopped[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    const float *complements = contributions->complements + points * (points - 1) / 2;
    for (size_t q = 0; q < points; q++) {
        const __m512 complement = _mm512_set1_ps(complements[q]);
        for (int r = 0; r < 4; r++) stopped[r] = _mm512_sub_ps(stopped[r], _mm512_mul_ps(products[q][r], complement));
    }
    for (size_t j = 0; j < leaf->elements; j++) {
        const float *terms = values + 2 * points * j + points;
        __m512 passed[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
        for (size_t q = 0; q < points; q++) {
            const __m512 term = _mm512_set1_ps(terms[q]);
            for (int r = 0; r < 4; r++) passed[r] = _mm512_add_ps(passed[r], _mm512_mul_ps(products[q][r], term));
        }
        float *sums = tree_sums + (size_t)elements[j].feature * ROWS;
        for (int r = 0; r < 4; r++) {
            const __m512 share = _mm512_mask_blend_ps((__mmask16)(masks[j] >> 16 * r), stopped[r], passed[r]);
            _mm512_storeu_ps(sums + 16 * r, _mm512_add_ps(_mm512_loadu_ps(sums + 16 * r), share));
        }
    }
}

DEFINE_CONTRIBUTIONS(avx512, above_avx512, add_leaf_avx512, AVX512)

#endif

void obligor_forest_add_contributions(obligor_instructions instructions, const obligor_forest *forest,
                                      const obligor_contributions *contributions, size_t first_row, int8_t *columns,
                                      const uint8_t *classes, uint64_t *passes, float *tree_sums, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        add_contributions_avx512(forest, contributions, first_row, columns, classes, passes, tree_sums, sums);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        add_contributions_avx2(forest, contributions, first_row, columns, classes, passes, tree_sums, sums);
        return;
    }
#endif
    (void)instructions;
    add_contributions_plain(forest, contributions, first_row, columns, classes, passes, tree_sums, sums);
}

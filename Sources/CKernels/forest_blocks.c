#include "forest.h"
#include "forest_row.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Integers times a power of two are exact, so a fused product would change nothing; the sums must not be reordered.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

enum {
    ROWS = OBLIGOR_FOREST_ROWS,
    // One constant slot, and what a tree of 256 leaves needs when its heavier branches are evaluated first.
    SLOTS = 10,
    ABREAST = 8,
};

// ---- Plain: vectors of 16 bytes, which every processor has

typedef int8_t bytes16 __attribute__((vector_size(16), may_alias));

// Slots are on cache lines and ranks too, so whole vectors may be read and written in place.
INLINE void nodes_plain(const obligor_forest_node *node, size_t nodes, const int8_t *columns, uint8_t *slots,
                        size_t count) {
    const size_t vectors = (count + 15) / 16;
    for (const obligor_forest_node *end = node + nodes; node < end; node++) {
        const bytes16 *x = (const bytes16 *)(columns + node->column);
        const bytes16 *left = (const bytes16 *)(slots + node->left), *right = (const bytes16 *)(slots + node->right);
        bytes16 *to = (bytes16 *)(slots + node->to);
        const bytes16 rank = (bytes16){0} + node->rank, shift = (bytes16){0} + (int8_t)node->shift;
        for (size_t i = 0; i < vectors; i++) {
            const bytes16 above = x[i] > rank;
            to[i] = (above & (right[i] + shift)) | (~above & left[i]);
        }
    }
}

INLINE void sets_plain(const obligor_forest_set *set, size_t sets, int8_t *columns, const uint8_t *classes,
                       size_t count) {
    for (const obligor_forest_set *end = set + sets; set < end; set++) {
        const uint8_t *c = classes + (size_t)set->class_column * ROWS;
        int8_t *to = columns + (size_t)set->column * ROWS;
        for (size_t i = 0; i < count; i++) to[i] = (set->bits[c[i] >> 3] >> (c[i] & 7) & 1) ? -128 : 0;
    }
}

INLINE void leaves_plain(const uint8_t *index, const int32_t *leaves, size_t count, int32_t *sums) {
    for (size_t i = 0; i < count; i++) sums[i] += leaves[index[i]];
}

INLINE void walk(const obligor_forest_step *steps, const int32_t *values, const int8_t *columns, size_t count,
                 int32_t *sums) {
    for (size_t row = 0; row < count; row += ABREAST) {
        uint32_t at[ABREAST] = {0}, moved;
        do {
            moved = 0;
            for (size_t k = 0; k < ABREAST; k++) {
                const obligor_forest_step step = steps[at[k]];
                const int8_t rank = columns[(size_t)(step.test >> 8) * ROWS + row + k];
                const uint32_t next = step.child + (rank > (int8_t)step.test);
                moved |= next ^ at[k];
                at[k] = next;
            }
        } while (moved != 0);
        for (size_t k = 0; k < ABREAST; k++) sums[row + k] += values[at[k]];
    }
}

INLINE void add_group_sums(const int32_t *group_sums, double unit, size_t count, double *sums) {
    for (size_t i = 0; i < count; i++) sums[i] += (double)group_sums[i] * unit;
}

#define DEFINE_BLOCK(SUFFIX, SETS, NODES, LEAVES, ATTRIBUTE)                                                         \
    ATTRIBUTE static void add_block_##SUFFIX(const obligor_forest *forest, size_t count, int8_t *columns,            \
                                             const uint8_t *classes, double *sums) {                                 \
        _Alignas(64) uint8_t slots[SLOTS * ROWS];                                                                    \
        _Alignas(64) int32_t group_sums[ROWS];                                                                       \
        memset(slots, 0, ROWS);                                                                                      \
        for (size_t g = 0; g < forest->group_count; g++) {                                                           \
            const obligor_forest_group group = forest->groups[g];                                                    \
            SETS(forest->sets + group.first_set, group.set_count, columns, classes, count);                          \
            memset(group_sums, 0, sizeof group_sums);                                                                \
            for (size_t t = 0; t < group.tree_count; t++) {                                                          \
                const obligor_forest_tree tree = forest->trees[group.first_tree + t];                                \
                if (tree.leaf_count > OBLIGOR_FOREST_LEAVES) {                                                       \
                    walk(forest->steps + tree.first_step, forest->step_values + tree.first_step, columns, count,     \
                         group_sums);                                                                                \
                    continue;                                                                                        \
                }                                                                                                    \
                NODES(forest->nodes + tree.first_node, tree.node_count, columns, slots, count);                      \
                LEAVES(slots + (tree.node_count > 0 ? ROWS : 0), forest->leaves + tree.first_leaf, count,            \
                       tree.leaf_count, group_sums);                                                                 \
            }                                                                                                        \
            add_group_sums(group_sums, group.unit, count, sums + (size_t)group.output * ROWS);                       \
        }                                                                                                            \
    }

#define LEAVES_PLAIN(INDEX, LEAVES, COUNT, LEAF_COUNT, SUMS) leaves_plain(INDEX, LEAVES, COUNT, SUMS)

DEFINE_BLOCK(plain, sets_plain, nodes_plain, LEAVES_PLAIN, )

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))
#define AVX512_INLINE static inline __attribute__((always_inline)) AVX512

AVX2_INLINE void nodes_avx2(const obligor_forest_node *node, size_t nodes, const int8_t *columns, uint8_t *slots,
                            size_t count) {
    const size_t vectors = (count + 31) / 32;
    for (const obligor_forest_node *end = node + nodes; node < end; node++) {
        const __m256i *x = (const __m256i *)(columns + node->column);
        const __m256i *left = (const __m256i *)(slots + node->left), *right = (const __m256i *)(slots + node->right);
        __m256i *to = (__m256i *)(slots + node->to);
        const __m256i rank = _mm256_set1_epi8(node->rank), shift = _mm256_set1_epi8((char)node->shift);
        if (vectors == 8) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < 8; i++)
                to[i] = _mm256_blendv_epi8(left[i], _mm256_add_epi8(right[i], shift), _mm256_cmpgt_epi8(x[i], rank));
        } else {
            for (size_t i = 0; i < vectors; i++)
                to[i] = _mm256_blendv_epi8(left[i], _mm256_add_epi8(right[i], shift), _mm256_cmpgt_epi8(x[i], rank));
        }
    }
}

// Members of a set of classes: bit c % 8 of byte c / 8, looked up by two shuffles.
AVX2_INLINE void sets_avx2(const obligor_forest_set *set, size_t sets, int8_t *columns, const uint8_t *classes,
                           size_t count) {
    const __m256i powers = _mm256_set1_epi64x((long long)0x8040201008040201);
    const __m256i low3 = _mm256_set1_epi8(7), low4 = _mm256_set1_epi8(15);
    const __m256i member = _mm256_set1_epi8(-128);
    for (const obligor_forest_set *end = set + sets; set < end; set++) {
        const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)set->bits));
        const __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(set->bits + 16)));
        const __m256i *c = (const __m256i *)(classes + (size_t)set->class_column * ROWS);
        __m256i *to = (__m256i *)(columns + (size_t)set->column * ROWS);
        for (size_t i = 0; i < (count + 31) / 32; i++) {
            const __m256i place = _mm256_and_si256(_mm256_srli_epi16(c[i], 3), low4);
            const __m256i bit = _mm256_shuffle_epi8(powers, _mm256_and_si256(c[i], low3));
            // The top bit of a class says which half of the table.
            const __m256i byte =
                _mm256_blendv_epi8(_mm256_shuffle_epi8(low, place), _mm256_shuffle_epi8(high, place), c[i]);
            to[i] = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(byte, bit), bit), member);
        }
    }
}

// Up to 32 leaves stay in four registers; more are loaded one by one.
AVX2_INLINE void leaves_avx2(const uint8_t *index, const int32_t *leaves, size_t count, size_t leaf_count,
                             int32_t *sums) {
    if (leaf_count > 32) {
        leaves_plain(index, leaves, count, sums);
        return;
    }
    const __m256i *table = (const __m256i *)leaves;
    const __m256i first = table[0], second = table[1], third = table[2], fourth = table[3];
    for (size_t i = 0; i < count; i += 8) {
        const __m256i at = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(index + i)));
        // Bits 3 and 4 of the leaf number, moved to the sign.
        const __m256 odd = _mm256_castsi256_ps(_mm256_slli_epi32(at, 28));
        const __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(at, 27));
        const __m256 a = _mm256_blendv_ps(_mm256_castsi256_ps(_mm256_permutevar8x32_epi32(first, at)),
                                          _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(second, at)), odd);
        const __m256 b = _mm256_blendv_ps(_mm256_castsi256_ps(_mm256_permutevar8x32_epi32(third, at)),
                                          _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(fourth, at)), odd);
        __m256i *sum = (__m256i *)(sums + i);
        *sum = _mm256_add_epi32(*sum, _mm256_castps_si256(_mm256_blendv_ps(a, b, upper)));
    }
}

DEFINE_BLOCK(avx2, sets_avx2, nodes_avx2, leaves_avx2, AVX2)

AVX512_INLINE void nodes_avx512(const obligor_forest_node *node, size_t nodes, const int8_t *columns, uint8_t *slots,
                                size_t count) {
    const size_t vectors = (count + 63) / 64;
    for (const obligor_forest_node *end = node + nodes; node < end; node++) {
        const __m512i *x = (const __m512i *)(columns + node->column);
        const __m512i *left = (const __m512i *)(slots + node->left), *right = (const __m512i *)(slots + node->right);
        __m512i *to = (__m512i *)(slots + node->to);
        const __m512i rank = _mm512_set1_epi8(node->rank), shift = _mm512_set1_epi8((char)node->shift);
        if (vectors == 4) {
#pragma clang loop unroll(full)
            for (size_t i = 0; i < 4; i++)
                to[i] = _mm512_mask_add_epi8(left[i], _mm512_cmpgt_epi8_mask(x[i], rank), right[i], shift);
        } else {
            for (size_t i = 0; i < vectors; i++)
                to[i] = _mm512_mask_add_epi8(left[i], _mm512_cmpgt_epi8_mask(x[i], rank), right[i], shift);
        }
    }
}

AVX512_INLINE void sets_avx512(const obligor_forest_set *set, size_t sets, int8_t *columns, const uint8_t *classes,
                               size_t count) {
    const __m512i powers = _mm512_set1_epi64((long long)0x8040201008040201);
    const __m512i low3 = _mm512_set1_epi8(7), low5 = _mm512_set1_epi8(31);
    for (const obligor_forest_set *end = set + sets; set < end; set++) {
        const __m512i bits = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)set->bits));
        const __m512i *c = (const __m512i *)(classes + (size_t)set->class_column * ROWS);
        __m512i *to = (__m512i *)(columns + (size_t)set->column * ROWS);
        for (size_t i = 0; i < (count + 63) / 64; i++) {
            const __m512i byte = _mm512_permutexvar_epi8(_mm512_and_si512(_mm512_srli_epi16(c[i], 3), low5), bits);
            const __m512i bit = _mm512_shuffle_epi8(powers, _mm512_and_si512(c[i], low3));
            to[i] = _mm512_maskz_set1_epi8(_mm512_test_epi8_mask(byte, bit), -128);
        }
    }
}

AVX512_INLINE void leaves_avx512(const uint8_t *index, const int32_t *leaves, size_t count, size_t leaf_count,
                                 int32_t *sums) {
    const __m512i *table = (const __m512i *)leaves;
    if (leaf_count <= 32) {
        const __m512i low = table[0], high = table[1];
        for (size_t i = 0; i < count; i += 16) {
            const __m512i at = _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(index + i)));
            __m512i *sum = (__m512i *)(sums + i);
            *sum = _mm512_add_epi32(*sum, _mm512_permutex2var_epi32(low, at, high));
        }
    } else if (leaf_count <= 64) {
        const __m512i a = table[0], b = table[1], c = table[2], d = table[3];
        for (size_t i = 0; i < count; i += 16) {
            const __m512i at = _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(index + i)));
            const __mmask16 upper = _mm512_test_epi32_mask(at, _mm512_set1_epi32(32));
            __m512i *sum = (__m512i *)(sums + i);
            *sum = _mm512_add_epi32(*sum, _mm512_mask_blend_epi32(upper, _mm512_permutex2var_epi32(a, at, b),
                                                                  _mm512_permutex2var_epi32(c, at, d)));
        }
    } else {
        for (size_t i = 0; i < count; i += 16) {
            const __m512i at = _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(index + i)));
            __m512i *sum = (__m512i *)(sums + i);
            *sum = _mm512_add_epi32(*sum, _mm512_i32gather_epi32(at, leaves, 4));
        }
    }
}

DEFINE_BLOCK(avx512, sets_avx512, nodes_avx512, leaves_avx512, AVX512)

#endif

void obligor_forest_add_block(obligor_instructions instructions, const obligor_forest *forest, size_t count,
                              int8_t *columns, const uint8_t *classes, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        add_block_avx512(forest, count, columns, classes, sums);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        add_block_avx2(forest, count, columns, classes, sums);
        return;
    }
#endif
    (void)instructions;
    add_block_plain(forest, count, columns, classes, sums);
}

// ---- One row

INLINE void sets_of_row(const obligor_forest *forest, const obligor_forest_group *group, int8_t *ranks,
                        const uint8_t *classes) {
    for (size_t s = 0; s < group->set_count; s++) {
        const obligor_forest_set *set = forest->sets + group->first_set + s;
        const uint8_t c = classes[set->class_column];
        ranks[set->column] = (set->bits[c >> 3] >> (c & 7) & 1) ? -128 : 0;
    }
}

// Walks the trees of a group side by side, so that their loads overlap.
INLINE int32_t walk_group(const obligor_forest *forest, const obligor_forest_group *group, const int8_t *ranks) {
    const obligor_forest_tree *trees = forest->trees + group->first_tree;
    uint32_t at[ABREAST], moved;
    const size_t count = group->tree_count;
    for (size_t k = 0; k < ABREAST; k++) at[k] = trees[k < count ? k : 0].first_step;
    do {
        moved = 0;
        for (size_t k = 0; k < ABREAST; k++) {
            const obligor_forest_step step = forest->steps[at[k]];
            // Children are counted from the first step of the tree.
            const uint32_t first = trees[k < count ? k : 0].first_step;
            const uint32_t next = first + step.child + (ranks[step.test >> 8] > (int8_t)step.test);
            moved |= next ^ at[k];
            at[k] = next;
        }
    } while (moved != 0);
    int32_t sum = 0;
    for (size_t k = 0; k < count; k++) sum += forest->step_values[at[k]];
    return sum;
}

#if defined(__x86_64__)

// Tests all nodes of a tree at once, then all its paths: the one whose nodes all agree gives the leaf.
AVX512 static void add_row_paths(const obligor_forest *forest, int8_t *ranks, const uint8_t *classes, double *sums) {
    const __m512i *columns = (const __m512i *)ranks;
    __m512i a = _mm512_loadu_si512(columns), b = _mm512_loadu_si512(columns + 1);
    __m512i c = _mm512_loadu_si512(columns + 2), d = _mm512_loadu_si512(columns + 3);
    for (size_t g = 0; g < forest->group_count; g++) {
        const obligor_forest_group *group = forest->groups + g;
        if (group->set_count > 0) {
            sets_of_row(forest, group, ranks, classes);
            a = _mm512_loadu_si512(columns), b = _mm512_loadu_si512(columns + 1);
            c = _mm512_loadu_si512(columns + 2), d = _mm512_loadu_si512(columns + 3);
        }
        __m512i total = _mm512_setzero_si512();
        for (size_t t = 0; t < group->tree_count; t++) {
            const size_t place = forest->trees[group->first_tree + t].paths;
            const uint8_t *tests = forest->path_tests + place * 64;
            const __m512i column = _mm512_castsi256_si512(_mm256_load_si256((const __m256i *)tests));
            __m512i rank = _mm512_permutex2var_epi8(a, column, b);
            if (forest->columns > 128)
                rank = _mm512_mask_blend_epi8(
                    _mm512_movepi8_mask(column), rank, _mm512_permutex2var_epi8(c, column, d));
            const uint32_t goes_right = _mm256_cmpgt_epi8_mask(
                _mm512_castsi512_si256(rank), _mm256_load_si256((const __m256i *)(tests + 32)));
            const __m512i bits = _mm512_set1_epi32((int)goes_right);
            const __m512i *paths = (const __m512i *)(forest->paths + place * 96);
            const __mmask16 low = _mm512_cmpeq_epi32_mask(_mm512_and_si512(bits, paths[0]), paths[2]);
            const __mmask16 high = _mm512_cmpeq_epi32_mask(_mm512_and_si512(bits, paths[1]), paths[3]);
            total = _mm512_mask_add_epi32(total, low, total, paths[4]);
            total = _mm512_mask_add_epi32(total, high, total, paths[5]);
        }
        sums[group->output] += (double)_mm512_reduce_add_epi32(total) * group->unit;
    }
}

#endif

void obligor_forest_add_prepared_row(obligor_instructions instructions, const obligor_forest *forest, int8_t *ranks,
                                     const uint8_t *classes, double *sums) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512 && forest->paths != NULL) {
        add_row_paths(forest, ranks, classes, sums);
        return;
    }
#endif
    (void)instructions;
    for (size_t g = 0; g < forest->group_count; g++) {
        const obligor_forest_group *group = forest->groups + g;
        sets_of_row(forest, group, ranks, classes);
        sums[group->output] += (double)walk_group(forest, group, ranks) * group->unit;
    }
}

#ifndef OBLIGOR_FOREST_H
#define OBLIGOR_FOREST_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// Scores of a forest of regression trees.
//
// Values are replaced by ranks: the rank of x in a column is the number of the column's thresholds below x, at most
// 255, so that "x <= threshold k" is "rank <= k". Ranks are kept less 128 in signed bytes. A missing value has rank
// 0 in columns where it goes left and 255 where it goes right, so nodes need not look for it.
//
// Leaves are integers in units of their group of trees, so the sum over a group is exact in any order; groups are
// added in double precision in their order. Every version below, and every place of a row in a block, therefore
// gives the same bits.

// Rows of a block.
enum { OBLIGOR_FOREST_ROWS = 256 };
// Numbers that are transposed at once.
enum { OBLIGOR_FOREST_LANES = 16 };
// Up to this many leaves a tree is evaluated node by node for all rows; larger ones are walked.
enum { OBLIGOR_FOREST_LEAVES = 256 };
// Up to this many leaves a tree is tested path by path for one row.
enum { OBLIGOR_FOREST_PATHS = 32 };

// What this processor has for forests; AVX-512 includes the permutes of bytes.
obligor_instructions obligor_forest_instructions(void);

// Thresholds of a numeric feature, at most 255: a complete search tree of 2^levels - 1 thresholds in level order
// from place 1 of 2^levels, 4 <= levels <= 8, padded with infinity.
typedef struct {
    uint32_t feature;
    uint32_t first_threshold;
    uint32_t levels;
    // Whether values within 1e-35 of zero are missing.
    uint32_t zero_is_missing;
    // The columns of ranks where missing goes left and right; UINT32_MAX if no node asks for it.
    uint32_t left_column, right_column;
} obligor_forest_number;

// Classes of the codes of a categorical feature: table[code] for codes < limit, 0 beyond, 255 for missing.
typedef struct {
    uint32_t feature;
    uint32_t first_entry;
    uint32_t limit;
    uint32_t column;
} obligor_forest_category;

// A set of classes: rank 0 for its members, above for the others, written to a column.
typedef struct {
    uint32_t class_column;
    uint32_t column;
    uint8_t bits[32];
} obligor_forest_set;

// A node in post-order: where rank <= `rank` the leaf number of the left operand, else that of the right one plus
// `shift`. Offsets are in bytes: of the column, and of slots of OBLIGOR_FOREST_ROWS bytes, of which the first is 0.
typedef struct {
    uint32_t column;
    uint16_t left, right, to;
    int8_t rank;
    uint8_t shift;
} obligor_forest_node;

// A node for walking: the next is child + (rank above the low byte of `test`); the column is test >> 8. A leaf is
// its own child and asks for a rank above 127, which there is none.
typedef struct {
    uint32_t child;
    uint32_t test;
} obligor_forest_step;

typedef struct {
    uint32_t first_node, node_count;
    // Leaves from left to right, padded to 32 or 64, the first on a multiple of 16.
    uint32_t first_leaf, leaf_count;
    uint32_t first_step;
    // The place among the trees with at most OBLIGOR_FOREST_PATHS leaves.
    uint32_t paths;
} obligor_forest_tree;

typedef struct {
    uint32_t first_tree, tree_count;
    uint32_t first_set, set_count;
    uint32_t output;
    double unit;
} obligor_forest_group;

typedef struct {
    const obligor_forest_number *numbers;
    const float *thresholds_f32;
    const double *thresholds_f64;
    const obligor_forest_category *categories;
    const uint8_t *classes;
    const obligor_forest_set *sets;
    const obligor_forest_node *nodes;
    const obligor_forest_step *steps;
    const int32_t *step_values;
    const obligor_forest_tree *trees;
    const obligor_forest_group *groups;
    const int32_t *leaves;
    // For one row: per tree, 32 column numbers and 32 ranks; then per leaf the nodes on its path, those of them
    // that are to go right, and its value, each 32 times 4 bytes. NULL where there are more than 256 columns.
    const uint8_t *path_tests;
    const uint32_t *paths;
    size_t number_count, category_count, group_count;
    // Columns of ranks, columns of classes.
    size_t columns, class_columns;
} obligor_forest;

// Copies up to 16 neighbouring features of up to 256 rows into columns of 256 floats.
void obligor_forest_transpose(obligor_instructions instructions, const float *rows, size_t stride, size_t count,
                              size_t features, float *columns);

// Ranks of up to 256 values; either result may be NULL.
void obligor_forest_ranks_f32(obligor_instructions instructions, const float *values, size_t count,
                              const float *thresholds, const obligor_forest_number *number, int8_t *left,
                              int8_t *right);
void obligor_forest_ranks_f64(const double *values, size_t count, const double *thresholds,
                              const obligor_forest_number *number, int8_t *left, int8_t *right);

// Classes of category codes; a code is the whole part of a number, a code of `levels` or more is missing.
void obligor_forest_classes_f32(const float *values, size_t count, const uint8_t *table, size_t limit,
                                uint8_t *classes);
void obligor_forest_classes_f64(const double *values, size_t count, const uint8_t *table, size_t limit,
                                uint8_t *classes);
void obligor_forest_classes_u32(const uint32_t *codes, size_t count, size_t levels, const uint8_t *table, size_t limit,
                                uint8_t *classes);

// Adds the scores of up to 256 rows to sums[output * OBLIGOR_FOREST_ROWS + row].
//
// - columns: Ranks, OBLIGOR_FOREST_ROWS a column, on a cache line; the columns of sets are filled here.
// - classes: Classes, OBLIGOR_FOREST_ROWS a column, on a cache line.
void obligor_forest_add_block(obligor_instructions instructions, const obligor_forest *forest, size_t count,
                              int8_t *columns, const uint8_t *classes, double *sums);

// Adds the scores of one row to sums[output].
//
// - scratch: Room for forest->columns rounded up to at least 256, plus forest->class_columns bytes.
void obligor_forest_add_row_f32(obligor_instructions instructions, const obligor_forest *forest, const float *row,
                                int8_t *scratch, double *sums);
void obligor_forest_add_row_f64(obligor_instructions instructions, const obligor_forest *forest, const double *row,
                                int8_t *scratch, double *sums);

#endif

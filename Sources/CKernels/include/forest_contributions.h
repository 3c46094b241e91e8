#ifndef OBLIGOR_FOREST_CONTRIBUTIONS_H
#define OBLIGOR_FOREST_CONTRIBUTIONS_H

#include "forest.h"

// Contributions of features to the scores of a forest (path-dependent TreeSHAP), by quadrature.
//
// A leaf of value v is reached through m features; feature j lets a row pass (o = 1) or not (o = 0), and a share z of
// the training rows. Its Shapley value is v (o_j - z_j) times the integral over t in [0, 1] of the product over k /= j
// of g_k(t) = z_k (1 - t) + o_k t, a polynomial of degree m - 1: Gauss-Legendre quadrature with m / 2 points is exact.
// At a point, the product of all g relative to that of a row which passes everywhere gets a factor
// z (1 - t) / (z (1 - t) + t) from each feature that does not pass. Features that do not pass share one value, minus
// the integral of the product over 1 - t. No difference is ever taken, so nothing cancels.
//
// Every version below takes the same steps in the same order, and no product is fused with a sum: same bits.

// Rows at a time; OBLIGOR_FOREST_ROWS is a multiple.
enum { OBLIGOR_CONTRIBUTION_ROWS = 64 };
// The most quadrature points, for paths of up to twice as many features.
enum { OBLIGOR_CONTRIBUTION_POINTS = 64 };

// A leaf: `points` starting values (leaf value times weight times product), then for each feature on the path
// `points` factors and `points` terms (1 - z) / (z (1 - t) + t).
typedef struct {
    uint32_t first_value;
    uint32_t first_element;
    uint32_t first_test;
    uint16_t elements;
    uint16_t points;
} obligor_contribution_leaf;

// A feature on the path of a leaf, by its place among the features of the tree, and how many splits it must pass.
typedef struct {
    uint32_t feature;
    uint32_t tests;
} obligor_contribution_element;

typedef struct {
    // Tests by split, as in obligor_forest_step.
    uint32_t first_split, split_count;
    uint32_t first_leaf, leaf_count;
    // The features that the tree asks about.
    uint32_t first_feature, feature_count;
} obligor_contribution_tree;

typedef struct {
    const obligor_contribution_tree *trees; // in the order of the forest's trees
    const uint32_t *split_tests;
    const obligor_contribution_leaf *leaves;
    const obligor_contribution_element *elements;
    const uint32_t *tests; // 2 * split + (1 if the right branch is taken)
    const float *values;
    const uint32_t *features;
    // 1 / (1 - t) of the points of a rule of n points, from place n (n - 1) / 2.
    const float *complements;
    size_t most_splits, most_features;
    size_t features_per_output;
} obligor_contributions;

// Adds the contributions of up to OBLIGOR_CONTRIBUTION_ROWS rows to
// sums[(output * features_per_output + feature) * OBLIGOR_CONTRIBUTION_ROWS + row].
//
// - first_row: The first of them in the block of ranks; a multiple of OBLIGOR_CONTRIBUTION_ROWS.
// - passes: Room for 2 * most_splits masks.
// - tree_sums: Room for most_features * OBLIGOR_CONTRIBUTION_ROWS values.
void obligor_forest_add_contributions(obligor_instructions instructions, const obligor_forest *forest,
                                      const obligor_contributions *contributions, size_t first_row, int8_t *columns,
                                      const uint8_t *classes, uint64_t *passes, float *tree_sums, double *sums);

#endif

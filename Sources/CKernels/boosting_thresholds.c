#include "boosting.h"
#include "versions.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

// Sums over the bins up to each that holds rows: gradient, hessian and rows of the left side. Thresholds above empty
// bins part the same rows as the one before, which is the first and so the one that counts.
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

_Static_assert(OBLIGOR_THRESHOLD_SCRATCH == 5, "prefixes_in lays out so many numbers a bin");

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

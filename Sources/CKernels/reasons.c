#include "reasons.h"

// A fused multiply-add would give other bits than the version without.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

// Rows that are ranked side by side.
enum { SIDE = 64 };

// Inserts a term into sorted places of many rows at once, from the last place to the first: a place takes what stands
// before it if that is beaten too, else the newcomer.
INLINE void insert(const float *points, int32_t term, size_t count, float (*best)[SIDE], int32_t (*which)[SIDE]) {
    for (size_t k = count - 1; k > 0; k--) {
        for (size_t i = 0; i < SIDE; i++) {
            const int beats = points[i] > best[k][i], beats_before = points[i] > best[k - 1][i];
            const float taken = beats_before ? best[k - 1][i] : points[i];
            const int32_t taken_term = beats_before ? which[k - 1][i] : term;
            best[k][i] = beats ? taken : best[k][i];
            which[k][i] = beats ? taken_term : which[k][i];
        }
    }
    for (size_t i = 0; i < SIDE; i++) {
        const int beats = points[i] > best[0][i];
        best[0][i] = beats ? points[i] : best[0][i];
        which[0][i] = beats ? term : which[0][i];
    }
}

INLINE void rank_losses(
    const double *contributions, const double *references, double scale, size_t terms, size_t rows, size_t count,
    obligor_reason *reasons) {
    float best[OBLIGOR_MOST_REASONS][SIDE], points[SIDE];
    int32_t which[OBLIGOR_MOST_REASONS][SIDE];
    for (size_t start = 0; start < rows; start += SIDE) {
        const size_t part = rows - start < SIDE ? rows - start : SIDE;
        for (size_t k = 0; k < count; k++) {
            for (size_t i = 0; i < SIDE; i++) best[k][i] = 0;
            for (size_t i = 0; i < SIDE; i++) which[k][i] = -1;
        }
        for (size_t i = part; i < SIDE; i++) points[i] = 0;
        for (size_t t = 0; t < terms; t++) {
            const double *term = contributions + t * rows + start;
            for (size_t i = 0; i < part; i++) points[i] = (float)(scale * (term[i] - references[t]));
            insert(points, (int32_t)t, count, best, which);
        }
        for (size_t k = 0; k < count; k++)
            for (size_t i = 0; i < part; i++)
                reasons[(start + i) * count + k] = (obligor_reason){which[k][i], best[k][i]};
    }
}

static void rank_losses_plain(
    const double *contributions, const double *references, double scale, size_t terms, size_t rows, size_t count,
    obligor_reason *reasons) {
    rank_losses(contributions, references, scale, terms, rows, count, reasons);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void rank_losses_avx2(
    const double *contributions, const double *references, double scale, size_t terms, size_t rows, size_t count,
    obligor_reason *reasons) {
    rank_losses(contributions, references, scale, terms, rows, count, reasons);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void rank_losses_avx512(
    const double *contributions, const double *references, double scale, size_t terms, size_t rows, size_t count,
    obligor_reason *reasons) {
    rank_losses(contributions, references, scale, terms, rows, count, reasons);
}

#endif

void obligor_rank_losses(
    obligor_instructions instructions, const double *contributions, const double *references, double scale,
    size_t terms, size_t rows, size_t count, obligor_reason *reasons) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        rank_losses_avx512(contributions, references, scale, terms, rows, count, reasons);
        return;
    }
    if (instructions == OBLIGOR_AVX2) {
        rank_losses_avx2(contributions, references, scale, terms, rows, count, reasons);
        return;
    }
#endif
    rank_losses_plain(contributions, references, scale, terms, rows, count, reasons);
}

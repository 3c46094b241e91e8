#include "policy.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A fused multiply-add that nobody asked for would give other bits.
#pragma STDC FP_CONTRACT OFF

// Major units as whole minor units, halves to the even one; NaN stays NaN.
static double minor_units(double value, double per_major) {
    const double units = value * per_major;
    if (isnan(units)) return units;
    return rint(units < 0 ? 0 : units > OBLIGOR_LARGEST_AMOUNT ? OBLIGOR_LARGEST_AMOUNT : units);
}

// floor(amount * share / 1,000,000), exact for amounts up to 2^51 and shares up to 10^7 where the result counts, that is
// up to 10^13.
static double share_of(double amount, double share) {
    return (double)(int64_t)((__int128)(int64_t)amount * (int64_t)share / 1000000);
}

static void grant_rows(
    const obligor_policy *policy, const uint8_t *raw, const uint8_t *final, const double *pds,
    const double *own_capital, const double *turnover, const double *exposure, const double *months,
    const uint64_t *blocked, size_t start, size_t rows, obligor_granted *granted) {
    for (size_t i = start; i < rows; i++) {
        const unsigned rank = final[i] & 15;
        const double capital = own_capital ? minor_units(own_capital[i], policy->minor_per_major) : NAN;
        const double sales = turnover ? minor_units(turnover[i], policy->minor_per_major) : NAN;
        const double given = exposure ? minor_units(exposure[i], policy->minor_per_major) : 0;
        const double used = isnan(given) ? 0 : given;
        // Not known for how long is new: who never had an invoice has no such figure.
        const int is_new = months && policy->new_months > 0 && !(months[i] >= policy->new_months);
        double limit = policy->maximum[rank];
        if (!isnan(capital)) limit = fmin(limit, share_of(capital, policy->own_capital[rank]));
        if (!isnan(sales)) limit = fmin(limit, share_of(sales, policy->turnover[rank]));
        if (isnan(capital) && isnan(sales)) limit = fmin(limit, policy->without_figures[rank]);
        if (is_new) limit = share_of(limit, policy->new_share);
        limit = floor(limit / policy->step) * policy->step;
        double terms = policy->terms[rank];
        if (is_new && policy->new_terms < terms) terms = policy->new_terms;
        const int gets_nothing = blocked[i / 64] >> (i % 64) & 1;
        const double pd = rank == 9 ? 1 : pds[i];
        granted[i].limit = gets_nothing ? 0 : (int64_t)limit;
        granted[i].exposure = (int64_t)used;
        granted[i].expected_loss = (int64_t)rint(pd * policy->loss[rank] * used);
        granted[i].terms = gets_nothing ? 0 : (uint16_t)terms;
        granted[i].raw = raw[i];
        granted[i].final = final[i];
    }
}

#if defined(__x86_64__)

// The last word of a row is terms, raw and final grade, from the lowest bits on.
_Static_assert(
    sizeof(obligor_granted) == 32 && offsetof(obligor_granted, terms) == 24 && offsetof(obligor_granted, raw) == 26
        && offsetof(obligor_granted, final) == 27,
    "rows are stored as four words");

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))

AVX512 static inline __m512d minor_units_avx512(const double *values, size_t i, __m512d per_major) {
    const __m512d units = _mm512_mul_pd(_mm512_loadu_pd(values + i), per_major);
    // max and min give their second operand where a side is NaN.
    const __m512d held = _mm512_min_pd(
        _mm512_set1_pd(OBLIGOR_LARGEST_AMOUNT), _mm512_max_pd(_mm512_setzero_pd(), units));
    return _mm512_roundscale_pd(held, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// A little less than 1 / divisor, so that the quotient of quotient_avx512 is never above the true one.
static double reciprocal_below(double divisor) { return (1 - 0x1p-50) / divisor; }

// floor((whole + lost) / divisor) for whole numbers, the first rounded to a double that `lost` makes up for; exact for
// quotients up to 10^13, since an estimate by the reciprocal is then at most one too low, and never too high: the
// reciprocal is smaller by more than the three roundings. The rest of the division is exact, being small and whole.
AVX512 static inline __m512d quotient_avx512(__m512d whole, __m512d lost, __m512d divisor, __m512d reciprocal) {
    const __m512d quotient = _mm512_roundscale_pd(
        _mm512_mul_pd(whole, reciprocal), _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    const __m512d rest = _mm512_add_pd(_mm512_fnmadd_pd(quotient, divisor, whole), lost);
    return _mm512_mask_add_pd(
        quotient, _mm512_cmp_pd_mask(rest, divisor, _CMP_GE_OQ), quotient, _mm512_set1_pd(1));
}

// floor(amount * share / divisor). The product has more digits than a double; what it loses, a fused multiply-add gives
// exactly.
AVX512 static inline __m512d share_of_avx512(__m512d amount, __m512d share, __m512d divisor, __m512d reciprocal) {
    const __m512d product = _mm512_mul_pd(amount, share);
    return quotient_avx512(product, _mm512_fmsub_pd(amount, share, product), divisor, reciprocal);
}

// Stores eight rows; GradedRow's four words by row, from four words by column.
AVX512 static inline void store_avx512(
    obligor_granted *granted, __m512i limit, __m512i exposure, __m512i loss, __m512i rest) {
    // Two words of rows 0 to 3, of rows 4 to 7; then all four of two rows.
    const __m512i lower = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), upper = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), last = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    const __m512i left03 = _mm512_permutex2var_epi64(limit, lower, exposure);
    const __m512i left47 = _mm512_permutex2var_epi64(limit, upper, exposure);
    const __m512i right03 = _mm512_permutex2var_epi64(loss, lower, rest);
    const __m512i right47 = _mm512_permutex2var_epi64(loss, upper, rest);
    _mm512_storeu_si512(granted, _mm512_permutex2var_epi64(left03, first, right03));
    _mm512_storeu_si512(granted + 2, _mm512_permutex2var_epi64(left03, last, right03));
    _mm512_storeu_si512(granted + 4, _mm512_permutex2var_epi64(left47, first, right47));
    _mm512_storeu_si512(granted + 6, _mm512_permutex2var_epi64(left47, last, right47));
}

AVX512 static inline __m512d by_rank_avx512(const double *table, __m512i ranks) {
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), ranks, _mm512_loadu_pd(table + 8));
}

AVX512 static size_t grant_avx512(
    const obligor_policy *policy, const uint8_t *raw, const uint8_t *final, const double *pds,
    const double *own_capital, const double *turnover, const double *exposure, const double *months,
    const uint64_t *blocked, size_t rows, obligor_granted *granted) {
    // Beyond that a millionth of the step is no whole number of a double.
    if (policy->step > 0x1p32) return 0;
    const __m512d per_major = _mm512_set1_pd(policy->minor_per_major), step = _mm512_set1_pd(policy->step);
    const __m512d million = _mm512_set1_pd(1e6), per_million = _mm512_set1_pd(reciprocal_below(1e6));
    const __m512d millions = _mm512_set1_pd(1e6 * policy->step);
    const __m512d per_millions = _mm512_set1_pd(reciprocal_below(1e6 * policy->step));
    const __m512d unknown = _mm512_set1_pd(NAN), new_share = _mm512_set1_pd(policy->new_share);
    size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
        const __m512i ranks = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(final + i)));
        const __m512d capital = own_capital ? minor_units_avx512(own_capital, i, per_major) : unknown;
        const __m512d sales = turnover ? minor_units_avx512(turnover, i, per_major) : unknown;
        // max gives its second operand where a side is NaN.
        const __m512d used =
            exposure ? _mm512_max_pd(minor_units_avx512(exposure, i, per_major), _mm512_setzero_pd()) : _mm512_setzero_pd();
        const __mmask8 is_new =
            months && policy->new_months > 0
                ? _mm512_cmp_pd_mask(_mm512_loadu_pd(months + i), _mm512_set1_pd(policy->new_months), _CMP_NGE_UQ)
                : 0;
        const __mmask8 without_any = _mm512_mask_cmp_pd_mask(
            _mm512_cmp_pd_mask(capital, capital, _CMP_UNORD_Q), sales, sales, _CMP_UNORD_Q);
        // min gives its second operand where a side is NaN, so what is not known sets no limit.
        __m512d limit = _mm512_min_pd(
            share_of_avx512(capital, by_rank_avx512(policy->own_capital, ranks), million, per_million),
            by_rank_avx512(policy->maximum, ranks));
        limit = _mm512_min_pd(
            share_of_avx512(sales, by_rank_avx512(policy->turnover, ranks), million, per_million), limit);
        limit = _mm512_mask_min_pd(limit, without_any, limit, by_rank_avx512(policy->without_figures, ranks));
        // All of it for those who are not new: no branch, since most groups of eight have someone who is. Rounding down
        // twice, to whole units and to steps, is rounding down once.
        limit = _mm512_mul_pd(
            step, share_of_avx512(limit, _mm512_mask_mov_pd(million, is_new, new_share), millions, per_millions));
        __m512d terms = by_rank_avx512(policy->terms, ranks);
        terms = _mm512_mask_min_pd(terms, is_new, terms, _mm512_set1_pd(policy->new_terms));
        const __mmask8 gets = (__mmask8)~(blocked[i / 64] >> (i % 64));
        const __m512d pd = _mm512_mask_mov_pd(
            _mm512_loadu_pd(pds + i),
            _mm512_cmpeq_epi64_mask(_mm512_and_si512(ranks, _mm512_set1_epi64(15)), _mm512_set1_epi64(9)),
            _mm512_set1_pd(1));
        const __m512d loss = _mm512_roundscale_pd(
            _mm512_mul_pd(_mm512_mul_pd(pd, by_rank_avx512(policy->loss, ranks)), used),
            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        const __m512i grades = _mm512_or_si512(
            _mm512_slli_epi64(_mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(raw + i))), 16),
            _mm512_slli_epi64(ranks, 24));
        store_avx512(
            granted + i, _mm512_maskz_cvttpd_epi64(gets, limit), _mm512_cvttpd_epi64(used), _mm512_cvttpd_epi64(loss),
            _mm512_or_si512(_mm512_maskz_cvttpd_epi64(gets, terms), grades));
    }
    return i;
}

#endif

void obligor_grant(
    obligor_instructions instructions, const obligor_policy *policy, const uint8_t *raw, const uint8_t *final,
    const double *pds, const double *own_capital, const double *turnover, const double *exposure, const double *months,
    const uint64_t *blocked, size_t rows, obligor_granted *granted) {
    size_t start = 0;
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512)
        start = grant_avx512(
            policy, raw, final, pds, own_capital, turnover, exposure, months, blocked, rows, granted);
#endif
    grant_rows(
        policy, raw, final, pds, own_capital, turnover, exposure, months, blocked, start, rows, granted);
}

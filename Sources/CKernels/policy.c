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
        const unsigned rank = final[i];
        const double capital = own_capital ? minor_units(own_capital[i], policy->minor_per_major) : NAN;
        const double sales = turnover ? minor_units(turnover[i], policy->minor_per_major) : NAN;
        const double given = exposure ? minor_units(exposure[i], policy->minor_per_major) : 0;
        const double used = isnan(given) ? 0 : given;
        const int is_new = months && months[i] < policy->new_months;
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

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))

AVX512 static inline __m512d minor_units_avx512(const double *values, size_t i, __m512d per_major) {
    const __m512d units = _mm512_mul_pd(_mm512_loadu_pd(values + i), per_major);
    // max and min give their second operand where a side is NaN.
    const __m512d held = _mm512_min_pd(
        _mm512_set1_pd(OBLIGOR_LARGEST_AMOUNT), _mm512_max_pd(_mm512_setzero_pd(), units));
    return _mm512_roundscale_pd(held, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// The quotient in doubles, put right by its remainder, which a fused multiply-add gives exactly.
AVX512 static inline __m512d share_of_avx512(__m512d amount, __m512d share) {
    const __m512d million = _mm512_set1_pd(1e6), one = _mm512_set1_pd(1);
    const __m512d product = _mm512_mul_pd(amount, share);
    const __m512d lost = _mm512_fmsub_pd(amount, share, product);
    __m512d quotient = _mm512_roundscale_pd(
        _mm512_div_pd(product, million), _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    const __m512d remainder = _mm512_add_pd(_mm512_fnmadd_pd(quotient, million, product), lost);
    quotient = _mm512_mask_sub_pd(
        quotient, _mm512_cmp_pd_mask(remainder, _mm512_setzero_pd(), _CMP_LT_OQ), quotient, one);
    return _mm512_mask_add_pd(quotient, _mm512_cmp_pd_mask(remainder, million, _CMP_GE_OQ), quotient, one);
}

AVX512 static inline __m512d by_rank_avx512(const double *table, __m512i ranks) {
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), ranks, _mm512_loadu_pd(table + 8));
}

AVX512 static size_t grant_avx512(
    const obligor_policy *policy, const uint8_t *raw, const uint8_t *final, const double *pds,
    const double *own_capital, const double *turnover, const double *exposure, const double *months,
    const uint64_t *blocked, size_t rows, obligor_granted *granted) {
    const __m512d per_major = _mm512_set1_pd(policy->minor_per_major), step = _mm512_set1_pd(policy->step);
    const __m512d unknown = _mm512_set1_pd(NAN);
    size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
        const __m512i ranks = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(final + i)));
        const __m512d capital = own_capital ? minor_units_avx512(own_capital, i, per_major) : unknown;
        const __m512d sales = turnover ? minor_units_avx512(turnover, i, per_major) : unknown;
        __m512d used = _mm512_setzero_pd();
        if (exposure) {
            const __m512d given = minor_units_avx512(exposure, i, per_major);
            used = _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(given, given, _CMP_ORD_Q), given);
        }
        const __mmask8 is_new =
            months ? _mm512_cmp_pd_mask(_mm512_loadu_pd(months + i), _mm512_set1_pd(policy->new_months), _CMP_LT_OQ) : 0;
        const __mmask8 has_capital = _mm512_cmp_pd_mask(capital, capital, _CMP_ORD_Q);
        const __mmask8 has_sales = _mm512_cmp_pd_mask(sales, sales, _CMP_ORD_Q);
        __m512d limit = by_rank_avx512(policy->maximum, ranks);
        limit = _mm512_mask_min_pd(
            limit, has_capital, limit, share_of_avx512(capital, by_rank_avx512(policy->own_capital, ranks)));
        limit = _mm512_mask_min_pd(
            limit, has_sales, limit, share_of_avx512(sales, by_rank_avx512(policy->turnover, ranks)));
        limit = _mm512_mask_min_pd(
            limit, (__mmask8)~(has_capital | has_sales), limit, by_rank_avx512(policy->without_figures, ranks));
        if (is_new)
            limit = _mm512_mask_mov_pd(limit, is_new, share_of_avx512(limit, _mm512_set1_pd(policy->new_share)));
        limit = _mm512_mul_pd(
            _mm512_roundscale_pd(_mm512_div_pd(limit, step), _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC), step);
        __m512d terms = by_rank_avx512(policy->terms, ranks);
        terms = _mm512_mask_min_pd(terms, is_new, terms, _mm512_set1_pd(policy->new_terms));
        const __mmask8 gets = (__mmask8)~(blocked[i / 64] >> (i % 64));
        const __m512d pd = _mm512_mask_mov_pd(
            _mm512_loadu_pd(pds + i), _mm512_cmpeq_epi64_mask(ranks, _mm512_set1_epi64(9)), _mm512_set1_pd(1));
        const __m512d loss = _mm512_roundscale_pd(
            _mm512_mul_pd(_mm512_mul_pd(pd, by_rank_avx512(policy->loss, ranks)), used),
            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        int64_t limits[8], exposures[8], losses[8];
        uint16_t days[8];
        _mm512_storeu_si512(limits, _mm512_maskz_cvttpd_epi64(gets, limit));
        _mm512_storeu_si512(exposures, _mm512_cvttpd_epi64(used));
        _mm512_storeu_si512(losses, _mm512_cvttpd_epi64(loss));
        _mm_storeu_si128((__m128i *)days, _mm512_cvtepi64_epi16(_mm512_maskz_cvttpd_epi64(gets, terms)));
        for (size_t k = 0; k < 8; k++)
            granted[i + k] = (obligor_granted){limits[k], exposures[k], losses[k], days[k], raw[i + k], final[i + k]};
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

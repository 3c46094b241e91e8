#include "rules.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint8_t least(uint8_t one, uint8_t other) { return one < other ? one : other; }

// Row by row of one word, the rules in their order; a row on which none acts is not looked at.
static void apply_word(
    const obligor_rule *rules, size_t rule_count, const uint64_t *masks, size_t stride, uint8_t most_down, uint8_t worst,
    uint8_t *ranks, uint64_t *blocked) {
    uint64_t left = 0;
    for (size_t k = 0; k < rule_count; k++) left |= masks[k * stride];
    for (; left; left &= left - 1) {
        const unsigned place = (unsigned)__builtin_ctzll(left);
        uint8_t rank = ranks[place], spent = 0;
        for (size_t k = 0; k < rule_count; k++) {
            if (!(masks[k * stride] >> place & 1)) continue;
            const uint8_t value = rules[k].value;
            switch (rules[k].kind) {
            case OBLIGOR_RULE_CAP: rank = rank > value ? rank : value; break;
            case OBLIGOR_RULE_DOWN: {
                const uint8_t held = least(value, (uint8_t)(most_down - spent));
                spent = (uint8_t)(spent + held);
                rank = least(worst, (uint8_t)(rank + held));
                break;
            }
            case OBLIGOR_RULE_UP: rank = (uint8_t)(rank - least(rank, value)); break;
            case OBLIGOR_RULE_BLOCK: *blocked |= 1ull << place; break;
            }
        }
        ranks[place] = rank;
    }
}

#if defined(__x86_64__)

// All 64 rows of a word at once, a byte each.
__attribute__((target("avx512f,avx512bw"))) static void apply_avx512(
    const obligor_rule *rules, size_t rule_count, const uint64_t *masks, size_t rows, uint8_t most_down, uint8_t worst,
    uint8_t *ranks, uint64_t *blocked) {
    const size_t words = (rows + 63) / 64;
    const __m512i most = _mm512_set1_epi8((char)most_down), last = _mm512_set1_epi8((char)worst);
    for (size_t word = 0; word < words; word++) {
        const size_t here = rows - word * 64;
        const __mmask64 there = here >= 64 ? ~0ull : (1ull << here) - 1;
        __m512i rank = _mm512_maskz_loadu_epi8(there, ranks + word * 64);
        __m512i spent = _mm512_setzero_si512();
        uint64_t stopped = 0;
        for (size_t k = 0; k < rule_count; k++) {
            const __mmask64 mask = masks[k * words + word];
            const __m512i value = _mm512_set1_epi8((char)rules[k].value);
            switch (rules[k].kind) {
            case OBLIGOR_RULE_CAP: rank = _mm512_mask_max_epu8(rank, mask, rank, value); break;
            case OBLIGOR_RULE_DOWN: {
                const __m512i held = _mm512_min_epu8(value, _mm512_subs_epu8(most, spent));
                spent = _mm512_mask_add_epi8(spent, mask, spent, held);
                rank = _mm512_mask_min_epu8(rank, mask, last, _mm512_add_epi8(rank, held));
                break;
            }
            case OBLIGOR_RULE_UP: rank = _mm512_mask_subs_epu8(rank, mask, rank, value); break;
            case OBLIGOR_RULE_BLOCK: stopped |= mask; break;
            }
        }
        _mm512_mask_storeu_epi8(ranks + word * 64, there, rank);
        blocked[word] |= stopped;
    }
}

#endif

void obligor_apply_rules(
    obligor_instructions instructions, const obligor_rule *rules, size_t rule_count, const uint64_t *masks, size_t rows,
    uint8_t most_down, uint8_t worst, uint8_t *ranks, uint64_t *blocked) {
#if defined(__x86_64__)
    if (instructions == OBLIGOR_AVX512) {
        apply_avx512(rules, rule_count, masks, rows, most_down, worst, ranks, blocked);
        return;
    }
#endif
    const size_t words = (rows + 63) / 64;
    for (size_t word = 0; word < words; word++)
        apply_word(
            rules, rule_count, masks + word, words, most_down, worst, ranks + word * 64, blocked + word);
}

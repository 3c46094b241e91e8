// Delimiters, line breaks and quotation marks as bit masks over 64 bytes at a time.
//
// Bit i of every mask speaks of byte i. A byte is inside quotes if an odd number of quotation marks stands at or
// before it, so an opening mark counts as inside and a closing one as outside; a doubled mark closes and opens
// again. Prefix sums modulo 2 are the carry-less product with all ones.
//
// Source of the method: G. Langdale, D. Lemire (2019), Parsing gigabytes of JSON per second, VLDB Journal 28.

#include "csv.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

obligor_instructions obligor_csv_instructions(void)
{
    const obligor_instructions widest = obligor_widest_instructions();
#if defined(__x86_64__)
    if (widest == OBLIGOR_PLAIN || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("bmi") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
        return OBLIGOR_PLAIN;
    if (widest == OBLIGOR_AVX512 && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") &&
        __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bitalg"))
        return OBLIGOR_AVX512;
    return OBLIGOR_AVX2;
#else
    return widest;
#endif
}

// What 64 bytes hold.
typedef struct {
    uint64_t quotes, feeds, returns, delimiters, zeros, wides;
} masks64;

// What earlier bytes leave behind.
typedef struct {
    // All ones inside quotes, else 0.
    uint64_t inside;
    // Whether the last byte allows an opening mark behind it: a delimiter, line feed or closing mark.
    uint64_t may_open;
    // Whether the last byte was a closing mark.
    uint64_t closed;
    // Whether the last byte was a carriage return outside quotes.
    uint64_t returned;
} state64;

// Notes what the masks say, and gives the delimiters and line feeds outside quotes.
INLINE uint64_t outside(masks64 m, uint64_t inside, uint64_t valid, size_t base, state64 *state,
                        obligor_csv_facts *facts)
{
    const uint64_t breaks = m.feeds & ~inside;
    const uint64_t ends = breaks | (m.delimiters & ~inside);
    const uint64_t opening = m.quotes & inside, closing = m.quotes & ~inside;
    const uint64_t returns = m.returns & ~inside;
    const uint64_t before_open = ends | closing;
    const uint64_t may_open = before_open << 1 | state->may_open;
    const uint64_t closed = closing << 1 | state->closed;
    const uint64_t returned = returns << 1 | state->returned;
    const uint64_t misplaced = (opening & ~may_open) | (closed & ~(ends | m.quotes | m.returns) & valid);
    unsigned findings = 0;
    if (m.zeros) findings |= OBLIGOR_CSV_ZERO;
    if (m.wides) findings |= OBLIGOR_CSV_WIDE;
    if (misplaced) findings |= OBLIGOR_CSV_MISPLACED_QUOTE;
    if (returned & ~m.feeds & valid) findings |= OBLIGOR_CSV_STRAY_RETURN;
    facts->findings |= findings;
    facts->quotes += (size_t)__builtin_popcountll(m.quotes);
    facts->line_feeds += (size_t)__builtin_popcountll(m.feeds);
    facts->breaks += (size_t)__builtin_popcountll(breaks);
    if (breaks) facts->behind_last_break = base + 64 - (size_t)__builtin_clzll(breaks);
    state->inside = (uint64_t)((int64_t)inside >> 63);
    state->may_open = before_open >> 63;
    state->closed = closing >> 63;
    state->returned = returns >> 63;
    return ends;
}

// The same where there are no quotation marks, carriage returns, zeros or wide bytes, and none before that matter.
INLINE uint64_t ends_alone(masks64 m, size_t base, state64 *state, obligor_csv_facts *facts)
{
    const uint64_t ends = m.feeds | m.delimiters;
    const size_t feeds = (size_t)__builtin_popcountll(m.feeds);
    facts->line_feeds += feeds;
    facts->breaks += feeds;
    if (m.feeds) facts->behind_last_break = base + 64 - (size_t)__builtin_clzll(m.feeds);
    state->may_open = ends >> 63;
    return ends;
}

// Notes the counts alone.
INLINE void counted(uint64_t quotes, uint64_t feeds, uint64_t inside, size_t base, obligor_csv_facts *facts)
{
    const uint64_t breaks = feeds & ~inside;
    facts->quotes += (size_t)__builtin_popcountll(quotes);
    facts->line_feeds += (size_t)__builtin_popcountll(feeds);
    facts->breaks += (size_t)__builtin_popcountll(breaks);
    if (breaks) facts->behind_last_break = base + 64 - (size_t)__builtin_clzll(breaks);
}

// The bytes of a word of 64 that belong to the text.
INLINE uint64_t valid64(size_t base, size_t length)
{
    return length - base >= 64 ? ~0ull : (1ull << (length - base)) - 1;
}

// ---- Plain

static uint64_t prefix_plain(uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

// Which of eight bytes are zero, as eight bits.
INLINE uint64_t zeros8(uint64_t word)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7F;
    const uint64_t zeros = ~(((word & low) + low) | word | low);
    // The product brings bit 7 of byte i to bit 56 + i.
    return ((zeros >> 7) * 0x0102040810204080) >> 56;
}

INLINE masks64 masks_plain(const uint8_t *text, uint8_t delimiter)
{
    const uint64_t each = 0x0101010101010101;
    masks64 m = {0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 64; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        m.quotes |= zeros8(word ^ each * '"') << i;
        m.feeds |= zeros8(word ^ each * '\n') << i;
        m.returns |= zeros8(word ^ each * '\r') << i;
        m.delimiters |= zeros8(word ^ each * delimiter) << i;
        m.zeros |= zeros8(word) << i;
        m.wides |= ((((word >> 7) & each) * 0x0102040810204080) >> 56) << i;
    }
    return m;
}

INLINE size_t write_plain(uint64_t ends, size_t base, uint32_t *positions)
{
    size_t count = 0;
    while (ends) {
        positions[count++] = (uint32_t)base + (uint32_t)__builtin_ctzll(ends);
        ends &= ends - 1;
    }
    return count;
}

// ---- One text for all versions

#define DEFINE(SUFFIX, TARGET, MASKS, COUNT_MASKS, PREFIX, WRITE)                                              \
    TARGET static obligor_csv_facts count_##SUFFIX(const uint8_t *text, size_t length)                         \
    {                                                                                                          \
        obligor_csv_facts facts = {0, 0, 0, 0, 0};                                                             \
        uint64_t inside_before = 0;                                                                            \
        for (size_t base = 0; base < length; base += 64) {                                                     \
            const uint64_t valid = valid64(base, length);                                                      \
            uint64_t quotes, feeds;                                                                            \
            COUNT_MASKS(text + base, &quotes, &feeds);                                                         \
            quotes &= valid;                                                                                   \
            feeds &= valid;                                                                                    \
            uint64_t inside = inside_before;                                                                   \
            if (quotes) {                                                                                      \
                inside ^= PREFIX(quotes);                                                                      \
                inside_before = (uint64_t)((int64_t)inside >> 63);                                             \
            }                                                                                                  \
            counted(quotes, feeds, inside, base, &facts);                                                      \
        }                                                                                                      \
        return facts;                                                                                          \
    }                                                                                                          \
    TARGET static size_t index_##SUFFIX(const uint8_t *text, size_t length, uint8_t delimiter,                 \
                                        uint32_t *positions, obligor_csv_facts *facts)                         \
    {                                                                                                          \
        obligor_csv_facts found = {0, 0, 0, 0, 0};                                                             \
        state64 state = {0, 1, 0, 0};                                                                          \
        size_t count = 0;                                                                                      \
        for (size_t base = 0; base < length; base += 64) {                                                     \
            const uint64_t valid = valid64(base, length);                                                      \
            masks64 m = MASKS(text + base, delimiter);                                                         \
            const uint64_t others = m.quotes | m.returns | m.zeros | m.wides;                                  \
            if (valid == ~0ull && (others | state.inside | state.closed | state.returned) == 0) {              \
                /* Most text has nothing but fields and their ends. */                                         \
                const uint64_t ends = ends_alone(m, base, &state, &found);                                     \
                count += WRITE(ends, base, positions + count);                                                 \
                continue;                                                                                      \
            }                                                                                                  \
            m.quotes &= valid;                                                                                 \
            m.feeds &= valid;                                                                                  \
            m.returns &= valid;                                                                                \
            m.delimiters &= valid;                                                                             \
            m.zeros &= valid;                                                                                  \
            m.wides &= valid;                                                                                  \
            const uint64_t inside = m.quotes ? PREFIX(m.quotes) ^ state.inside : state.inside;                 \
            const uint64_t ends = outside(m, inside, valid, base, &state, &found);                             \
            count += WRITE(ends, base, positions + count);                                                     \
        }                                                                                                      \
        *facts = found;                                                                                        \
        return count;                                                                                          \
    }

INLINE void count_masks_plain(const uint8_t *text, uint64_t *quotes, uint64_t *feeds)
{
    const masks64 m = masks_plain(text, 0);
    *quotes = m.quotes;
    *feeds = m.feeds;
}

DEFINE(plain, , masks_plain, count_masks_plain, prefix_plain, write_plain)

#if defined(__x86_64__)

// ---- AVX2

#define AVX2 __attribute__((target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))

AVX2 INLINE uint64_t prefix_clmul(uint64_t bits)
{
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

AVX2 INLINE uint64_t equal_avx2(__m256i low, __m256i high, uint8_t byte)
{
    const __m256i wanted = _mm256_set1_epi8((char)byte);
    const uint64_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
    const uint64_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
    return first | second << 32;
}

AVX2 INLINE masks64 masks_avx2(const uint8_t *text, uint8_t delimiter)
{
    const __m256i low = _mm256_loadu_si256((const __m256i *)text);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(text + 32));
    const uint64_t wide_low = (uint32_t)_mm256_movemask_epi8(low);
    const uint64_t wide_high = (uint32_t)_mm256_movemask_epi8(high);
    const masks64 m = {
        equal_avx2(low, high, '"'),       equal_avx2(low, high, '\n'), equal_avx2(low, high, '\r'),
        equal_avx2(low, high, delimiter), equal_avx2(low, high, 0),    wide_low | wide_high << 32,
    };
    return m;
}

AVX2 INLINE void count_masks_avx2(const uint8_t *text, uint64_t *quotes, uint64_t *feeds)
{
    const __m256i low = _mm256_loadu_si256((const __m256i *)text);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(text + 32));
    *quotes = equal_avx2(low, high, '"');
    *feeds = equal_avx2(low, high, '\n');
}

// Writes eight positions at a time; those behind the last are overwritten by the next call.
AVX2 INLINE size_t write_avx2(uint64_t ends, size_t base, uint32_t *positions)
{
    const size_t count = (size_t)__builtin_popcountll(ends);
    for (size_t done = 0; done < count; done += 8) {
        for (int i = 0; i < 8; i++) {
            positions[done + i] = (uint32_t)base + (uint32_t)_tzcnt_u64(ends);
            ends = _blsr_u64(ends);
        }
    }
    return count;
}

DEFINE(avx2, AVX2, masks_avx2, count_masks_avx2, prefix_clmul, write_avx2)

// ---- AVX-512

#define AVX512                                                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,pclmul,bmi,bmi2,popcnt,lzcnt")))

AVX512 INLINE masks64 masks_avx512(const uint8_t *text, uint8_t delimiter)
{
    const __m512i bytes = _mm512_loadu_si512(text);
    const masks64 m = {
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')),
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r')),
        _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)delimiter)),
        _mm512_testn_epi8_mask(bytes, bytes),
        _mm512_movepi8_mask(bytes),
    };
    return m;
}

AVX512 INLINE void count_masks_avx512(const uint8_t *text, uint64_t *quotes, uint64_t *feeds)
{
    const __m512i bytes = _mm512_loadu_si512(text);
    *quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
    *feeds = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
}

AVX512 INLINE uint64_t prefix_clmul512(uint64_t bits)
{
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

// Packs the indices of the set bits and widens sixteen at a time.
AVX512 INLINE size_t write_avx512(uint64_t ends, size_t base, uint32_t *positions)
{
    const __m512i iota = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37,
        36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10,
        9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const size_t count = (size_t)__builtin_popcountll(ends);
    const __m512i first = _mm512_set1_epi32((int)(uint32_t)base);
    const __m512i packed = _mm512_maskz_compress_epi8(ends, iota);
    _mm512_storeu_si512(
        positions, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed))));
    if (__builtin_expect(count > 16, 0)) {
        _mm512_storeu_si512(
            positions + 16, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1))));
        _mm512_storeu_si512(
            positions + 32, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2))));
        _mm512_storeu_si512(
            positions + 48, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3))));
    }
    return count;
}

DEFINE(avx512, AVX512, masks_avx512, count_masks_avx512, prefix_clmul512, write_avx512)

#endif

// ---- The choice

obligor_csv_facts obligor_csv_count(obligor_instructions level, const uint8_t *text, size_t length)
{
#if defined(__x86_64__)
    if (level == OBLIGOR_AVX512) return count_avx512(text, length);
    if (level == OBLIGOR_AVX2) return count_avx2(text, length);
#endif
    (void)level;
    return count_plain(text, length);
}

size_t obligor_csv_index(obligor_instructions level, const uint8_t *text, size_t length, uint8_t delimiter,
                         uint32_t *positions, obligor_csv_facts *facts)
{
#if defined(__x86_64__)
    if (level == OBLIGOR_AVX512) return index_avx512(text, length, delimiter, positions, facts);
    if (level == OBLIGOR_AVX2) return index_avx2(text, length, delimiter, positions, facts);
#endif
    (void)level;
    return index_plain(text, length, delimiter, positions, facts);
}

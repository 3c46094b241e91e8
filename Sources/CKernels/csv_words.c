// Categories, days and flags of CSV text, without a branch per byte.
//
// Plain C throughout: 16 or 32 bytes at a time are what every compiler makes of its own vectors, so that there is
// one version for all processors.

#include "csv.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// A field without its quotation marks.
typedef struct {
    const uint8_t *text;
    size_t length;
    // Whether it had any.
    size_t quoted;
} word;

INLINE word word_at(const obligor_csv_fields *fields, size_t i)
{
    const uint32_t *ends = fields->ends + i * fields->stride;
    const uint8_t *text = fields->text;
    const uint32_t start = ends[-1] + 1;
    uint32_t end = ends[0];
    // The byte before a field may be that before the text.
    if (fields->last) end -= (end > start) & (text[(ptrdiff_t)end - 1] == '\r');
    const uint32_t quoted = (end - start >= 2) & (text[start] == '"');
    return (word){text + start + quoted, end - start - 2 * quoted, quoted};
}

INLINE uint64_t load8(const uint8_t *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

// The first `count` of eight bytes.
INLINE uint64_t first8(uint64_t bytes, size_t count)
{
    return count >= 8 ? bytes : bytes & ((1ull << 8 * count) - 1);
}

// ---- Categories

typedef uint64_t vector __attribute__((vector_size(16)));

// Thirty-two bytes from entry 32 - n on: n bytes of all ones and zeros behind them.
static const uint8_t front[64] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0};

INLINE vector load16(const uint8_t *bytes)
{
    vector loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

// What is added to the length of a quoted word: an empty field is missing, an empty text in quotes is not.
enum { QUOTED = 1 << 8 };

// Where a word belongs in a table.
INLINE uint64_t hash_of(vector low, vector high, uint64_t length)
{
    uint64_t hash = low[0] * 0x9E3779B97F4A7C15 + low[1] * 0xC2B2AE3D27D4EB4F + high[0] * 0x165667B19E3779F9 +
                    high[1] * 0xD6E8FEB86659FD93 + length * 0x27D4EB2F165667C5;
    // The high bits depend on all others.
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15 >> 32;
}

void obligor_csv_clear_words(obligor_csv_word *places, size_t mask)
{
    memset(places, 0, (mask + 1) * sizeof *places);
    for (size_t place = 0; place <= mask; place++) places[place].length = OBLIGOR_CSV_FREE;
}

// Puts a word into the first free place from its own on; false if it is there already.
static int put_word(obligor_csv_word word, obligor_csv_word *places, size_t mask)
{
    size_t place = hash_of(load16(word.text), load16(word.text + 16), word.length) & mask;
    for (; places[place].length != OBLIGOR_CSV_FREE; place = (place + 1) & mask)
        if (places[place].length == word.length && memcmp(places[place].text, word.text, sizeof word.text) == 0)
            return 0;
    places[place] = word;
    return 1;
}

int obligor_csv_add_word(const uint8_t *text, size_t length, int quoted, uint32_t code, obligor_csv_word *places,
                         size_t mask)
{
    obligor_csv_word word = {{0}, (uint32_t)length | (quoted ? QUOTED : 0), code};
    if (length > 0) memcpy(word.text, text, length);
    return put_word(word, places, mask);
}

void obligor_csv_move_words(const obligor_csv_word *old, size_t old_mask, obligor_csv_word *places, size_t mask)
{
    for (size_t place = 0; place <= old_mask; place++)
        if (old[place].length != OBLIGOR_CSV_FREE) (void)put_word(old[place], places, mask);
}

size_t obligor_csv_words(obligor_csv_fields fields, const obligor_csv_word *places, size_t mask, uint32_t *codes,
                         uint32_t *left)
{
    size_t others = 0;
    for (size_t i = 0; i < fields.count; i++) {
        const word word = word_at(&fields, i);
        if (__builtin_expect(word.length > OBLIGOR_CSV_WORD, 0)) {
            left[others++] = (uint32_t)i;
            continue;
        }
        const uint8_t *kept = front + OBLIGOR_CSV_WORD - word.length;
        const vector low = load16(word.text) & load16(kept);
        const vector high = load16(word.text + 16) & load16(kept + 16);
        const uint32_t length = (uint32_t)word.length | (word.quoted ? QUOTED : 0);
        size_t place = hash_of(low, high, length) & mask;
        for (;; place = (place + 1) & mask) {
            const obligor_csv_word *known = places + place;
            const vector different = (low ^ load16(known->text)) | (high ^ load16(known->text + 16));
            if ((different[0] | different[1] | (length ^ known->length)) == 0) {
                codes[i] = known->code;
                break;
            }
            if (known->length == OBLIGOR_CSV_FREE) {
                left[others++] = (uint32_t)i;
                break;
            }
        }
    }
    return others;
}

// ---- Days

// Days before a month of common and of leap years, the first month being 0.
static const int32_t days_before[2][13] = {{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
                                           {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}};

// Reads `YYYY-MM-DD`; false if there is no such day.
INLINE int day_of(const uint8_t *text, int32_t *day)
{
    // Digits become their values, hyphens 0.
    const uint64_t front = load8(text) ^ 0x2D30302D30303030;
    const unsigned tens = (unsigned)text[8] - '0', ones = (unsigned)text[9] - '0';
    // Bit 7 of every byte: set if a digit is above 9, or a hyphen above 0.
    const uint64_t wrong = ((front + 0x7F76767F76767676) | front) & 0x8080808080808080;
    const unsigned month = (unsigned)(front >> 40 & 0xF) * 10 + (unsigned)(front >> 48 & 0xF) - 1;
    if (__builtin_expect((wrong != 0) | (tens > 9) | (ones > 9) | (month > 11), 0)) return 0;
    const int32_t year = (int32_t)((front & 0xF) * 1000 + (front >> 8 & 0xF) * 100 + (front >> 16 & 0xF) * 10 +
                                   (front >> 24 & 0xF));
    const unsigned leap = (unsigned)((year & 3) == 0) & ((unsigned)(year % 25 != 0) | (unsigned)((year & 15) == 0));
    const int32_t before = days_before[leap][month];
    const int32_t of_month = (int32_t)(tens * 10 + ones) - 1;
    if (__builtin_expect((uint32_t)of_month >= (uint32_t)(days_before[leap][month + 1] - before), 0)) return 0;
    // Days before the year, counted from the year 0, which is a leap year; 719528 of them are before 1970.
    const int32_t before_year = 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    *day = before_year - 719528 + before + of_month;
    return 1;
}

size_t obligor_csv_days(obligor_csv_fields fields, int32_t *days, uint32_t *left)
{
    size_t others = 0;
    for (size_t i = 0; i < fields.count; i++) {
        const word word = word_at(&fields, i);
        if (word.length == 0)
            days[i] = INT32_MIN;
        else if (word.length != 10 || !day_of(word.text, &days[i]))
            left[others++] = (uint32_t)i;
    }
    return others;
}

// ---- Flags

size_t obligor_csv_flags(obligor_csv_fields fields, int all, uint8_t *flags, uint32_t *left)
{
    // The letters of a word one behind the other, the first in the lowest byte.
    const uint64_t true_ = 0x65757274, false_ = 0x65736C6166, yes = 0x736579, no = 0x6F6E, t = 't', f = 'f', y = 'y',
                   n = 'n';
    const uint64_t small = 0x2020202020202020;
    size_t others = 0;
    for (size_t i = 0; i < fields.count; i++) {
        const word word = word_at(&fields, i);
        const uint64_t said = first8(load8(word.text), word.length);
        // Bit 5 makes letters small, and every further byte of a longer word other than 0.
        const uint64_t letters = first8(said | small, word.length);
        unsigned is_true = letters == true_, is_false = letters == false_;
        if (all) {
            is_true |= (letters == yes) | (letters == t) | (letters == y) | ((word.length == 1) & (said == '1'));
            is_false |= (letters == no) | (letters == f) | (letters == n) | ((word.length == 1) & (said == '0'));
        }
        flags[i] = (uint8_t)is_true;
        if (__builtin_expect(!(is_true | is_false), 0)) {
            flags[i] = UINT8_MAX;
            if (word.length != 0) left[others++] = (uint32_t)i;
        }
    }
    return others;
}

#ifndef OBLIGOR_RULES_H
#define OBLIGOR_RULES_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// What a rule does to the rank of a grade, 0 for AAA.
typedef enum {
    OBLIGOR_RULE_NONE = 0,
    OBLIGOR_RULE_CAP = 1,   // the rank is at least `value`
    OBLIGOR_RULE_DOWN = 2,  // the rank rises by `value`, within the most that all such rules may cost
    OBLIGOR_RULE_UP = 3,    // the rank falls by `value`
    OBLIGOR_RULE_BLOCK = 4, // the row is blocked
} obligor_rule_kind;

typedef struct {
    uint8_t kind;
    uint8_t value; // a rank or a number of ranks, at most 16
} obligor_rule;

// Lets rules act on grades one after the other, each on what the one before it left. The masks of the rules stand one
// behind the other, (rows + 63) / 64 words each; bit i % 64 of word i / 64 says that the rule acts on row i, and bits
// beyond the rows are clear. Ranks, at most `worst`, are changed in place; bits of `blocked` are set, none is cleared.
// All instructions give the same.
void obligor_apply_rules(
    obligor_instructions instructions, const obligor_rule *rules, size_t rule_count, const uint64_t *masks, size_t rows,
    uint8_t most_down, uint8_t worst, uint8_t *ranks, uint64_t *blocked);

#endif

#ifndef OBLIGOR_VERSIONS_H
#define OBLIGOR_VERSIONS_H

#include "instructions.h"

// One loop, compiled for three sets of instructions and chosen by the caller: NAME_body is inlined into each version.

// Versions differ in width, never in results: no product is fused with a sum.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define VERSIONS(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                                  \
    static RESULT NAME##_plain PARAMETERS { return NAME##_body ARGUMENTS; }                                            \
    AVX2 static RESULT NAME##_avx2 PARAMETERS { return NAME##_body ARGUMENTS; }                                        \
    AVX512 static RESULT NAME##_avx512 PARAMETERS { return NAME##_body ARGUMENTS; }
#define CHOOSE(NAME, ARGUMENTS)                                                                                        \
    switch (instructions) {                                                                                            \
    case OBLIGOR_AVX512: return NAME##_avx512 ARGUMENTS;                                                               \
    case OBLIGOR_AVX2: return NAME##_avx2 ARGUMENTS;                                                                   \
    default: return NAME##_plain ARGUMENTS;                                                                            \
    }
#else
#define VERSIONS(RESULT, NAME, PARAMETERS, ARGUMENTS)                                                                  \
    static RESULT NAME##_plain PARAMETERS { return NAME##_body ARGUMENTS; }
#define CHOOSE(NAME, ARGUMENTS)                                                                                        \
    (void)instructions;                                                                                                \
    return NAME##_plain ARGUMENTS;
#endif

#endif

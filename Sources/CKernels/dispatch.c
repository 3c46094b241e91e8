#include "instructions.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
// What the environment allows: OBLIGOR_KERNELS is plain or avx2 to forbid wider instructions.
static obligor_instructions most_allowed(void) {
    const char *allowed = getenv("OBLIGOR_KERNELS");
    if (allowed != NULL && strcmp(allowed, "plain") == 0) return OBLIGOR_PLAIN;
    if (allowed != NULL && strcmp(allowed, "avx2") == 0) return OBLIGOR_AVX2;
    return OBLIGOR_AVX512;
}
#endif

obligor_instructions obligor_widest_instructions(void) {
#if defined(__x86_64__)
    const obligor_instructions most = most_allowed();
    __builtin_cpu_init();
    if (most == OBLIGOR_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return OBLIGOR_AVX512;
    if (most >= OBLIGOR_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return OBLIGOR_AVX2;
#endif
    return OBLIGOR_PLAIN;
}

#ifndef OBLIGOR_FREE_MEMORY_H
#define OBLIGOR_FREE_MEMORY_H

// Gives memory that has been freed in small pieces back to the operating system, where the C library can.
void obligor_return_free_memory(void);

#endif

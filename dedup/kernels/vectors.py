"""Instructions that Numba has no words for: unaligned reads, wide products, and vector operations.

They are written in LLVM's portable vector code (``emit``), which it turns into what the processor has (AVX-512, AVX2,
NEON ...): 64 characters are classified by a few instructions, and 16 slots of a signature are computed at once. An
instruction works on the memory of an array, from an index on, and checks no bounds: the caller leaves room.
"""

from __future__ import annotations

from dedup.kernels._jit import instruction

LANES = 16  # slots of a signature in one vector
BLOCK = 64  # characters in one vector

read64 = instruction("read64")
read32 = instruction("read32")
high_product = instruction("high_product")
fold_product = instruction("fold_product")
reversed_bytes = instruction("reversed_bytes")
first_bit = instruction("first_bit")
count_bits = instruction("count_bits")
add_stripe = instruction("add_stripe")
fold_block = instruction("fold_block")
foreign_block = instruction("foreign_block")
least_images_16 = instruction("least_images_16")
least_images_64 = instruction("least_images_64")

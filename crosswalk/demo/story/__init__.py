"""The story of the demo as data: invented families, what their agencies write down, and when.

Left out: playing it (`crosswalk.demo.play`) and judging it (`checker`, which knows nothing of this room). The same
seed is the same story, byte for byte.
"""

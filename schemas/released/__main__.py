"""`python -m schemas.released`: add the current versions that are not released yet, and say which."""

import sys

from schemas.released import release_current

new = release_current()
sys.stdout.write("".join(f"released {name}\n" for name in new) or "nothing new to release\n")

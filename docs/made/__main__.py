"""`python -m docs.made`: write every made page and picture."""

import sys

from docs.made import DOCS, made

for path, text in made():
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{path.relative_to(DOCS.parent)}\n")

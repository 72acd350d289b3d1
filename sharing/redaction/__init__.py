"""The recipient's view, built field by field from empty.

The whole API: `redact(event, decision) -> Event`, a view of the same type in which everything that the decision does
not release is null. The transforms stand in `sharing.redaction.transforms`, each total and each tested as a law.

A text that may go scrubbed is made ready for a person by `sharing.redaction.scrub`, one that was written for its
recipient is looked through by `addressed`, and the finished record by `tripwire`.

Left out: deciding (`sharing.policy`), bytes (`sharing.codec`), what a recipient does with a view.
"""

from sharing.redaction.redact import Reviewed, redact
from sharing.redaction.transforms import RECORDED, Tokeniser, age_band, category, existence, outward, year

__all__ = ["RECORDED", "Reviewed", "Tokeniser", "age_band", "category", "existence", "outward", "redact", "year"]

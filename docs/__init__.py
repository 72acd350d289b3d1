"""Words about the house. `docs.made` writes the pages that come from the code."""

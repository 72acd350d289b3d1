"""What police's systems write, and what becomes of it: records, translate (pure), formats and invented samples."""

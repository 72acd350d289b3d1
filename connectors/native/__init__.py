"""Reading what agencies' systems write: text, tables, times, codes. Shared by every format; knows no agency."""

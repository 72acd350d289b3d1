"""The one database: what was absorbed, decided, numbered and released. Nothing here judges."""

"""Pages for people: what flows, what waits, what was refused."""

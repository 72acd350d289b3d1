"""The product seen from outside: command line, demo, supervisor. It composes rooms and decides nothing."""

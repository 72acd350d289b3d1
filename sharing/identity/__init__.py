"""Whose child is this: exact identifiers, else weights; link, review or new."""

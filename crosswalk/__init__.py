"""The product seen from outside: command line, demo, supervisor. It composes rooms and decides nothing."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""Folder in which all rooms lie, with the agreements and the partnership that come with the product."""

"""Contracts: may this schema follow that one? Asked of every released version, in both directions."""

from sharing.contracts.catalogue import check_catalogue, fingerprint
from sharing.contracts.compatibility import Direction, Incompatibility, compatibility

__all__ = ["Direction", "Incompatibility", "check_catalogue", "compatibility", "fingerprint"]

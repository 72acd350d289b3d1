"""What a cluster must have, generated from `sharing.topics`: plan first, then apply."""

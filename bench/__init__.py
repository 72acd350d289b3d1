"""Side-by-side measurements from outside: own clock, processor time as the system counts it, the cluster's offsets."""

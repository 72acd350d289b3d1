"""A real Apache Kafka, one node, started from Python packages: no Docker, no Java to install."""

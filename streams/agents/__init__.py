"""What a worker does, each agent in a room of its own: take in, look at clocks, release, number.

No Kafka word inside, but for the producer that release is handed.
"""

"""A real Apache Kafka on one machine, from nothing but Python packages.

`EmbeddedKafka` is one node with a folder of its own; `bootstrap_servers` is the door that demo and tests use: it
gives the cluster named by `KAFKA_BOOTSTRAP` if there is one, and starts a node if there is not. What is left out:
topics and rights (`deploy/provision`), several nodes and certificates. There is no other broker here and no stand-in
for Kafka.
"""

from deploy.embedded.node import EmbeddedKafka
from deploy.embedded.serve import bootstrap_servers

__all__ = ["EmbeddedKafka", "bootstrap_servers"]

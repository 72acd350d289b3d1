"""What is started and provisioned: the embedded Kafka, topics and rights."""

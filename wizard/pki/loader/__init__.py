"""What Neo4j loads from the folder of an SSL policy, in its order and with its words."""

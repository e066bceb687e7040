"""What Neo4j's logs say, line by line, and which problem a line tells of."""

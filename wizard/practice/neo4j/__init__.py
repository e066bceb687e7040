"""A simulated Neo4j process: Neo4j's rules for starting, its listeners, its links and its logs."""

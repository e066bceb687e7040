"""The practice cluster: real SSH, real TLS, Neo4j's own rules; only Neo4j is simulated."""

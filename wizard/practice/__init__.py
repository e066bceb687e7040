"""The practice cluster: real SSH, real TLS and Neo4j's own rules; only Neo4j itself is simulated."""

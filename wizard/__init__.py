"""Takes a Neo4j cluster from plaintext to mutual TLS between its servers, and proves it."""

__version__ = "0.1.0"

"""The doctor: what keys and certificates are, whether Neo4j loads them and peers accept them."""

"""What Neo4j expects, by version: its conf, names, ports, policies and log lines. Pure."""

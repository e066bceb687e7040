"""Shows certificates, or none, to a server's cluster ports and reads the answers."""

"""SSH and nothing else: here, and in the practice cluster, paramiko is known."""

"""Whether it works: waiting for the cluster, the proof, verify, and what has changed since."""

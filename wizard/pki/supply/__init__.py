"""Certificates that come from outside: matched to servers, judged, and put into Neo4j's form."""

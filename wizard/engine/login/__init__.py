"""Health proved with a Neo4j login: Neo4j itself is asked, through each server's SSH connection."""

from __future__ import annotations

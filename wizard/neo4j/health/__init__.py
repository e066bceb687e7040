"""What Neo4j says of its own health: what to ask it by version, and what its rows mean. Pure."""

from __future__ import annotations

from wizard.neo4j.health.judging import Expected, problems_of
from wizard.neo4j.health.questions import QUESTIONS, Question
from wizard.neo4j.health.rows import Copy, Member, Told, told_of

__all__ = ["QUESTIONS", "Copy", "Expected", "Member", "Question", "Told", "problems_of", "told_of"]

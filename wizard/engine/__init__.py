"""Carries plans out over the whole cluster, and says what happens as a stream of events."""

"""From settings and facts to a plan: pure, without clock, randomness or network."""

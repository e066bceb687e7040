"""The nouns every room shares: frozen values without behaviour that reaches outside."""

"""What the people and jobs that connect to an encrypted cluster need, as files."""

"""What is left for people: the outcome, the report, the dates, the copy of the CA."""

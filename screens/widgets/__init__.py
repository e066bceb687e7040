"""The few widgets that Textual does not have: rows of a form, lists to choose from, boards."""

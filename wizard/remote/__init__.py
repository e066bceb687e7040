"""Everything that is done on a server: reached by one of the ways, told in one of the dialects."""

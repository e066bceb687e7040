"""Everything that is made on the workstation before a server is touched."""

"""Everything that is done on a server over SSH: the only room that knows paramiko."""

"""What Java makes of keys, certificates and names, which is not always what OpenSSL does."""

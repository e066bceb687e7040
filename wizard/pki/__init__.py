"""Keys, certificates and Java's idea of trust; the only room that imports cryptography."""

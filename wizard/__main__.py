"""`python -m wizard` is the same as the command `neo4j-tls`."""

from wizard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

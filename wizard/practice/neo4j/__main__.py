"""The process itself: `python -m wizard.practice.neo4j --cluster DIR --server NAME`.

The arguments only tell people whose process it is; what it has to know comes on standard input.
"""

from __future__ import annotations

import json
import sys

from wizard.practice.neo4j.life import live
from wizard.practice.neo4j.order import Order


def main() -> int:
    """Play one server until it is told to stop or its host is gone."""
    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    return live(Order.parse(json.loads(line)))


if __name__ == "__main__":
    sys.exit(main())

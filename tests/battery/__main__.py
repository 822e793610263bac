"""`make battery`: 10,000 visits with a photo each by 8 phones while the server is killed 10 times at random.

BATTERY_VISITS, BATTERY_PHONES and BATTERY_KILLS change the size, BATTERY_SEED what is at random. On PostgreSQL:
`.venv/bin/python scripts/with_postgres.py .venv/bin/python -m tests.battery`. Ends with what was counted, and with 1
when anything is lost, doubled or otherwise than it was sent.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.battery.run import battery


def main() -> int:
    size = {name: int(os.environ.get(f"BATTERY_{name.upper()}", given)) for name, given in
            (("visits", 10_000), ("phones", 8), ("kills", 10), ("seed", 1))}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        return battery(Path(folder), os.environ.get("DATABASE_URL", ""), **size)


if __name__ == "__main__":
    sys.exit(main())

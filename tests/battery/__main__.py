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
    given = os.environ.get
    size = {
        "visits": int(given("BATTERY_VISITS", "10000")),
        "phones": int(given("BATTERY_PHONES", "8")),
        "kills": int(given("BATTERY_KILLS", "10")),
        "seed": int(given("BATTERY_SEED", "1")),
    }
    with tempfile.TemporaryDirectory() as folder:
        return battery(Path(folder), os.environ.get("DATABASE_URL", ""), **size)


if __name__ == "__main__":
    sys.exit(main())

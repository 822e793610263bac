"""The battery in short; `make battery` is the long one."""

import os

from django.db import connection

from tests.battery.run import battery
from tests.own_database import empty_database, url_of


def test_nothing_is_lost_or_doubled_while_the_server_is_killed(db, tmp_path):
    with empty_database(tmp_path) as name:
        url = url_of(name) if connection.vendor == "postgresql" else ""

        assert battery(tmp_path, url, visits=120, phones=4, kills=3, seed=int(os.environ.get("BATTERY_SEED", "1"))) == 0

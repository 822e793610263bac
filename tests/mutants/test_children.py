"""A change that makes threads wait for each other ends its child, and the run goes on."""

import json
import subprocess
import sys

WAITS = """
import json, threading
from tests.mutants import children

children.WAITS_AT_MOST = 1

def for_ever():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

work = iter([("waits", for_ever, 0.0), ("ends", lambda: {"verdict": "survived"}, 0.0)])
print(json.dumps(dict(children.in_children(work))))
"""


def test_child_that_waits_for_ever_is_ended():
    ran = subprocess.run([sys.executable, "-c", WAITS], capture_output=True, text=True, check=True, timeout=60)

    said = json.loads(ran.stdout)
    assert said["ends"] == {"verdict": "survived"}
    assert (said["waits"]["verdict"], said["waits"]["by"][:4]) == ("killed", "died")

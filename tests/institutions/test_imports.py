"""Heavy libraries are imported where they are used: a page that needs none of them does not wait for them."""

import os
import subprocess
import sys

from django.conf import settings

HEAVY = ["pandas", "numpy", "folium", "branca", "docx", "docxtpl", "typst", "openpyxl", "xlsxwriter", "xlrd"]
HEAVY += ["geopy", "lxml", "pyarrow"]
STARTED = f"""
import sys, django
django.setup()
from django.urls import get_resolver
assert len(get_resolver().url_patterns) > 5
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_server_starts_without_the_heavy_libraries():
    # In a process of its own: here the other tests have imported them.
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    started = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )

    assert started.stdout.split() == []

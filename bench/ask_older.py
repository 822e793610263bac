"""Answers views for bench/map.py as the checkout it is started in does: a URL a line in, processor milliseconds and the
body a line out. The checkout has bench/pages.py, which says what the database's process takes."""

import json
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.pages import processor  # noqa: E402

settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
client.force_login(User.objects.get(username=sys.argv[1]), backend=settings.AUTHENTICATION_BACKENDS[-1])
clock = processor(connection)
for line in sys.stdin:
    begun = clock()
    answer = client.get(line.strip())
    taken = (clock() - begun) * 1000
    print(json.dumps({"ms": taken, "status": answer.status_code, "body": answer.json()}), flush=True)

"""Answers views for bench/map.py as the checkout it is started in does: a URL a line in, processor milliseconds and the
body a line out."""

import json
import os
import sys
import time

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402

settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
client.force_login(User.objects.get(username=sys.argv[1]), backend=settings.AUTHENTICATION_BACKENDS[-1])
for line in sys.stdin:
    begun = time.process_time()
    answer = client.get(line.strip())
    taken = (time.process_time() - begun) * 1000
    print(json.dumps({"ms": taken, "status": answer.status_code, "body": answer.json()}), flush=True)

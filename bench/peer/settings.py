"""Django as it comes, on the database that ours has, with its options."""

from config import settings as ours

SECRET_KEY = "of a benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "bench.peer"]
ROOT_URLCONF = "bench.peer.urls"
DATABASES = ours.DATABASES
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
REST_FRAMEWORK: dict[str, object] = {"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None}
WORKER, BUREAU_NAME = False, "minimal endpoint"  # config/gunicorn.py asks for them

"""One settings file. Everything that differs between machines is an environment variable (.env.example)."""

import secrets
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.logs import without_traceback

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))  # gives what the environment does not

DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret(path: Path) -> str:
    """The secret key of this DATA_DIR: made once, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret(DATA_DIR / "secret_key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "accounts.apps.AdministrationConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "accounts",
    "institutions",
    "inspections",
    "misconduct",
    "figures",
    "mapping",
    "reports",
    "field",
    "desk",
    "demonstration",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.chosen_language",
    "accounts.middleware.refuse_too_long",
    "accounts.middleware.refuse_nul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SessionsThatEnd",
    "accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.private_pages",
    "accounts.middleware.RefusalPages",
    "accounts.middleware.UnderstoodQuestions",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.chrome",
            ],
        },
    },
]

# --- Database: SQLite by default, PostgreSQL through DATABASE_URL; the same code and tests on both.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "inspections.sqlite3"}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _sqlite
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a writer waits for the lock instead of failing when it upgrades a read transaction.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an acknowledged visit survives a power cut. recursive_triggers: INSERT OR REPLACE cannot
        # slip past the append-only triggers. mmap_size: as much of the file is read where the system holds it, which a
        # server has more of (config/gunicorn.py) and all its processes share.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
            "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; "
            f"PRAGMA mmap_size={env.int('SQLITE_MAPPED', default=268_435_456)};"
        ),
    }
else:
    # A figure is a subquery for each institution: PostgreSQL takes it for so dear that it would compile it to machine
    # code each time, which takes longer than the answer.
    # Who waits for a lock is told to come back after as long as with SQLite.
    _given = DATABASES["default"].get("OPTIONS", {})
    _ours = f"-c jit=off -c lock_timeout=20s {_given.get('options', '')}".strip()
    DATABASES["default"]["OPTIONS"] = _given | {"options": _ours}
# A connection is kept for so many seconds: a page need not open one. SQLite's file is replaced with the server stopped.
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "login"
# Proxies of ours in front, as addresses or networks: what they say in X-Forwarded-For is believed, nobody else's is.
TRUSTED_PROXIES = [ip_network(proxy) for proxy in env.list("TRUSTED_PROXIES", default=[])]
# Roles that need a second factor, by their names in accounts/roles.py: whoever holds one enrols before anything else.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=[])
ADDRESS_FAILURE_LIMIT = env.int("ADDRESS_FAILURE_LIMIT", default=100)  # failed sign-ins from one address, all names
AXES_FAILURE_LIMIT = 8  # of one user name from one address
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "accounts.brakes.SignInBrakes"
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.counted_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the lock ends when its page says so
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "old_password", "new_password1", "new_password2"]
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit trail
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False  # accounts/admin.py has its own page, to read and to unlock

# A session ends after so long without a request, and after so long in any case. The browser keeps its cookie longer,
# so that the sign-in page can say why.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = 2 * SESSION_HOURS * 3600

# A screen that somebody opened for the wall goes on so long without their session, reading the map and nothing else.
WALL_DAYS = env.int("WALL_DAYS", default=8)

# --- Language and time: days and months are cut in Asia/Shanghai, moments are stored in UTC.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {"BACKEND": "config.static.HashedStaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
PHOTO_MAX_BYTES = 100 * 1024 * 1024  # a phone's 200 megapixels come to 30 to 80 MB

# --- Security: no inline script or style, no other host. A page that needs a nonce asks for request.csp_nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
HTTPS = env.bool("HTTPS", default=False)  # on behind a TLS terminator: secure cookies, redirect and HSTS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API. Its requests are counted in files under DATA_DIR, or, for several machines, in the cache that they share.
SHARED_CACHE = bool(env.str("CACHE_URL", default=""))
if SHARED_CACHE:
    CACHES = {"default": env.cache("CACHE_URL")}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.BearerToken",
        "accounts.tokens.PageSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.DenyByDefault"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api_parsers.BoundedJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api_errors.api_exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.PerUser"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min")},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_LIMIT_PER_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "校外培训机构排查整治 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.permissions.SignedIn"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "OutcomeEnum": "inspections.models.Outcome",
        "StateEnum": "inspections.models.State",
        "ResultEnum": "inspections.models.Visit.Result",
        "CaseStateEnum": "misconduct.models.State",
        "CaseResultEnum": "misconduct.models.Result",
        "CaseKindEnum": "misconduct.models.Kind",
        "MeasureKindEnum": "misconduct.models.MeasureKind",
    },
}

# --- What a county may set differently
RECTIFICATION_TERM_DAYS = {"A": 1, "B": 30, "C": 7}  # usual terms by severity of the worst finding
RECHECK_WORKING_DAYS = 7  # recheck within this many working days of the due date
LATE_VISIT_DAYS = 30  # a visit entered later than this is asked about on the form, and said to be late in its receipt
BUREAU_NAME = env.str("BUREAU_NAME", default="校外培训机构排查整治")
OTP_TOTP_ISSUER = BUREAU_NAME  # whose code it is, in the list of the app
REPORT_TEMPLATE = env.str("REPORT_TEMPLATE", default="")  # a bureau's own Word template of the monthly report
REPORT_FONT_DIR = env.str("REPORT_FONT_DIR", default="")  # fonts for the PDF besides the system's, e.g. 仿宋_GB2312

# --- The map service that is asked where an address is: none, tianditu, amap, baidu or nominatim. With none nothing is
# sent to anybody, and institutions are placed by their township.
GEOCODER = env.str("GEOCODER", default="") or "none"
GEOCODER_KEY = env.str("GEOCODER_KEY", default="")
GEOCODER_URL = env.str("GEOCODER_URL", default="")  # another address than the provider's own; needed for nominatim
GEOCODER_PER_SECOND = env.float("GEOCODER_PER_SECOND", default=2.0)  # requests; the provider's limit is in its contract
GEOCODER_TIMEOUT_S = env.float("GEOCODER_TIMEOUT_S", default=10.0)
GEOCODER_CACHE_DAYS = env.int("GEOCODER_CACHE_DAYS", default=180)  # an address is not asked again within so many days

# --- Boundaries that a bureau uploads: a larger file is refused before it is read.
BOUNDARY_MAX_MB = env.int("BOUNDARY_MAX_MB", default=30)

# --- Base maps behind the map, in order: tianditu_vec, tianditu_img, xyz. With none no tile is asked of anybody.
BASEMAPS = env.list("BASEMAPS", default=[])
TIANDITU_KEY = env.str("TIANDITU_KEY", default="")  # a key for servers; it never reaches a browser
TIANDITU_URL = env.str("TIANDITU_URL", default="https://t0.tianditu.gov.cn")
TIANDITU_APPROVAL_NUMBER = env.str("TIANDITU_APPROVAL_NUMBER", default="")  # 审图号, as its page states it
XYZ_URL = env.str("XYZ_URL", default="")  # with {z}, {x} and {y}; {key} is XYZ_KEY
XYZ_KEY = env.str("XYZ_KEY", default="")
XYZ_NAME = env.str("XYZ_NAME", default="底图")
XYZ_DATUM = env.str("XYZ_DATUM", default="")  # wgs84 or cgcs2000
XYZ_ATTRIBUTION = env.str("XYZ_ATTRIBUTION", default="")
XYZ_APPROVAL_NUMBER = env.str("XYZ_APPROVAL_NUMBER", default="")
XYZ_MAX_ZOOM = env.int("XYZ_MAX_ZOOM", default=18)
BASEMAP_CACHE_MB = env.int("BASEMAP_CACHE_MB", default=500)  # of tiles kept under DATA_DIR/tiles
BASEMAP_CACHE_DAYS = env.int("BASEMAP_CACHE_DAYS", default=30)  # then the provider is asked whether a tile has changed
BASEMAP_PER_SECOND = env.float("BASEMAP_PER_SECOND", default=30.0)  # tiles asked of the provider, by each process
BASEMAP_TIMEOUT_S = env.float("BASEMAP_TIMEOUT_S", default=5.0)

# --- What is done beside the pages: `manage.py worker`, started with the server; off where another one runs.
WORKER = env.bool("WORKER", default=True)
IMPORT_ROWS_AT_ONCE = env.int("IMPORT_ROWS_AT_ONCE", default=2_000)  # a longer register is planned by the worker
REPORT_ROWS_AT_ONCE = env.int("REPORT_ROWS_AT_ONCE", default=20_000)  # a longer annex is written by the worker

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"one_line": {"()": "django.utils.log.CallbackFilter", "callback": without_traceback}},
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # Anybody can send a wrong Host header, and scanners do all day.
    # What geopy repeats it says each time with a traceback; what comes of it is said by the run.
    "loggers": {"django.security.DisallowedHost": {"filters": ["one_line"]}, "geopy": {"level": "ERROR"}},
}

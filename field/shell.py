"""What the phone keeps to start without a network: the page's own files, and one digest over them.

The digest changes with every byte of them: then, and only then, a phone fetches a new version.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.translation import override

from field.texts import choices, texts

HERE = Path(__file__).resolve().parent
OF_OTHERS = ("gov.css", "icon.svg", "vendor/idb/idb.js", "vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css")


def names() -> list[str]:
    """Every static file of the app, by the name that `static` takes."""
    own = (f"field/{path.name}" for path in (HERE / "static" / "field").iterdir())
    return sorted(name for name in own if not name.endswith("badge.js")) + list(OF_OTHERS)


def urls() -> list[str]:
    return [static(name) for name in names()]


def version() -> str:
    """12 hexadecimal digits of the SHA-256 of everything the shell is made of, the texts in every language.

    A browser asks for a worker's module without cookies: it does not say in which language.
    """
    said = hashlib.sha256(_files().encode())
    said.update(str((urls(), settings.BUREAU_NAME)).encode())
    for language, _name in settings.LANGUAGES:
        with override(language):
            said.update(str((texts(), choices())).encode())
    return said.hexdigest()[:12]


@lru_cache
def _files() -> str:
    said = hashlib.sha256((HERE / "templates" / "field" / "shell.html").read_bytes())
    for name in names():
        said.update(Path(str(finders.find(name))).read_bytes())
    return said.hexdigest()

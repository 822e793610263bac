"""What is wrong with the settings of the map service, said by `manage.py check` and at the start."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def map_service_can_be_asked(**_kwargs: Any) -> list[CheckMessage]:
    if settings.GEOCODER == "none":
        return []
    from mapping.providers import PROVIDERS

    provider = PROVIDERS.get(settings.GEOCODER)
    if provider is None:
        known = ", ".join(["none", *PROVIDERS])
        return [Error(f"GEOCODER is “{settings.GEOCODER}”; there are {known}.", id="mapping.E001")]
    wrong: list[CheckMessage] = []
    url = settings.GEOCODER_URL or provider.url
    if provider.needs_key and not settings.GEOCODER_KEY:
        wrong.append(Error(f"GEOCODER={provider.name} needs its GEOCODER_KEY.", id="mapping.E002"))
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        said = f"GEOCODER={provider.name} needs GEOCODER_URL, e.g. https://nominatim.example.gov.cn; it is “{url}”."
        wrong.append(Error(said, id="mapping.E003"))
    if settings.GEOCODER_PER_SECOND <= 0 or settings.GEOCODER_TIMEOUT_S <= 0:
        wrong.append(Error("GEOCODER_PER_SECOND and GEOCODER_TIMEOUT_S are above zero.", id="mapping.E004"))
    return wrong

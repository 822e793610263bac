"""What is wrong with the settings of map service and base maps, said by `manage.py check` and at the start."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

if TYPE_CHECKING:
    from mapping.basemaps import Basemap


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


@register
def base_maps_can_be_shown(**_kwargs: Any) -> list[CheckMessage]:
    from mapping.basemaps import configured

    known = configured()
    wrong: list[CheckMessage] = [
        Error(f"BASEMAPS names “{key}”; there are tianditu_vec, tianditu_img, xyz.", id="mapping.E010")
        for key in settings.BASEMAPS
        if key not in known
    ]
    for basemap in known.values():
        wrong += _wrong_with(basemap)
    if known and min(settings.BASEMAP_CACHE_MB, settings.BASEMAP_PER_SECOND, settings.BASEMAP_TIMEOUT_S) <= 0:
        said = "BASEMAP_CACHE_MB, BASEMAP_PER_SECOND and BASEMAP_TIMEOUT_S are above zero."
        wrong.append(Error(said, id="mapping.E016"))
    return wrong


def _wrong_with(basemap: "Basemap") -> list[CheckMessage]:
    from mapping.basemaps import SHIFTED_HOSTS, TRUE_DATUMS

    named, of = f"BASEMAPS has {basemap.key}", "XYZ" if basemap.key == "xyz" else "TIANDITU"
    wrong: list[CheckMessage] = []
    for layer in basemap.layers:
        parts = urlsplit(layer)
        if (
            parts.scheme not in ("http", "https")
            or not parts.netloc
            or not all(f"{{{each}}}" in layer for each in "zxy")
        ):
            said = f"{named}: {of}_URL is an http(s) address, that of xyz with {{z}}, {{x}} and {{y}}; it is “{layer}”."
            wrong.append(Error(said, id="mapping.E011"))
            break
    if "{key}" in "".join(basemap.layers) and not basemap.secret:
        wrong.append(Error(f"{named}: it needs {of}_KEY.", id="mapping.E012"))
    if not basemap.approval_number or not basemap.attribution:
        said = f"{named}: a map that is shown names its provider and 审图号: {of}_APPROVAL_NUMBER"
        wrong.append(Error(said + (", XYZ_ATTRIBUTION." if of == "XYZ" else "."), id="mapping.E013"))
    if basemap.datum not in TRUE_DATUMS:
        said = (
            f"{named}: XYZ_DATUM is wgs84 or cgcs2000, it is “{basemap.datum}”. Tiles in GCJ-02 or BD-09 lie some "
            "500 m beside the positions, which are WGS-84, and are not laid under them."
        )
        wrong.append(Error(said, id="mapping.E014"))
    if any(host == each or host.endswith("." + each) for host in basemap.hosts for each in SHIFTED_HOSTS):
        said = f"{named}: tiles of {basemap.hosts[0]} are in GCJ-02 or BD-09, whatever XYZ_DATUM says."
        wrong.append(Error(said, id="mapping.E015"))
    return wrong

import pytest

from mapping import geocoding
from tests.mapping.map_service import PATHS, listening, tianditu_geo, tianditu_regeo


@pytest.fixture
def map_service(settings, monkeypatch):
    """A map service on this machine that finds 井大路8号 in 柳市镇: `map_service("amap")` configures it."""
    with listening() as service:

        def configured(provider: str):
            settings.GEOCODER, settings.GEOCODER_KEY = provider, "the-key"
            settings.GEOCODER_URL, settings.GEOCODER_PER_SECOND, settings.GEOCODER_TIMEOUT_S = service.url, 2000, 5
            monkeypatch.setattr(geocoding, "BACKOFF_S", 0.001)
            for path, answer in PATHS.get(provider, {}).items():
                service.says(path, answer)
            if provider == "tianditu":
                service.answers["/geocoder"] = Tianditu()
            return service

        yield configured


class Tianditu:
    """One path for both questions: an address first, then the point it gave."""

    def __init__(self, address=None, point=None):
        self.said = [address or tianditu_geo(), point or tianditu_regeo()]
        self.turn = 0

    def __len__(self):
        return 2

    def pop(self, _first):
        self.turn += 1
        return self.said[(self.turn - 1) % 2]

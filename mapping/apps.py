from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    name = "mapping"
    verbose_name = _("地图")

    def ready(self) -> None:
        from mapping import checks  # noqa: F401 (registers them)

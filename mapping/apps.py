from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.apps import KEPT
from accounts.watermark import KEEPERS, Keeper


class MappingConfig(AppConfig):
    name = "mapping"
    verbose_name = _("地图")

    def ready(self) -> None:
        from figures import keeping
        from mapping import checks, pyramid  # noqa: F401 (registers the checks)

        KEEPERS.append(Keeper(begun=pyramid.nothing_before, ended=pyramid.work_out))
        keeping.BESIDE.append(pyramid)
        KEPT.append(pyramid)

from collections.abc import Sequence

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.apps import AFTER_MIGRATE
from accounts.watermark import KEEPERS, Keeper


class MappingConfig(AppConfig):
    name = "mapping"
    verbose_name = _("地图")

    def ready(self) -> None:
        from figures import keeping
        from mapping import checks, pyramid  # noqa: F401 (registers the checks)

        KEEPERS.append(Keeper(begun=pyramid.nothing_before, ended=pyramid.work_out))
        keeping.BESIDE.append(pyramid)
        AFTER_MIGRATE.append(keep_cells)


def keep_cells(triggers_put_right: Sequence[str]) -> None:
    """After `migrate`: the cells of the map are made where there are none yet, and anew where what is written may have
    gone unnoticed."""
    from mapping import guards, pyramid

    if not pyramid.is_made() or {each.name for each in guards.TOUCHING} & set(triggers_put_right):
        pyramid.rebuild()

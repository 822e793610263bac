from collections.abc import Sequence

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.apps import AFTER_MIGRATE
from accounts.watermark import KEEPERS, Keeper


class FiguresConfig(AppConfig):
    name = "figures"
    verbose_name = _("统计")

    def ready(self) -> None:
        from figures import keeping

        KEEPERS.append(Keeper(begun=keeping.left_over, ended=keeping.work_out))
        AFTER_MIGRATE.append(keep_figures)


def keep_figures(triggers_put_right: Sequence[str]) -> None:
    """After `migrate`: the kept counts are made where there are none yet, and anew where what is written may have gone
    unnoticed."""
    from figures import guards, keeping

    if not keeping.is_kept() or {each.name for each in guards.GUARDS} & set(triggers_put_right):
        keeping.rebuild()

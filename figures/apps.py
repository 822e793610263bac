from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.apps import KEPT
from accounts.watermark import KEEPERS, Keeper


class FiguresConfig(AppConfig):
    name = "figures"
    verbose_name = _("统计")

    def ready(self) -> None:
        from figures import keeping

        KEEPERS.append(Keeper(begun=keeping.left_over, ended=keeping.work_out))
        KEPT.append(keeping)

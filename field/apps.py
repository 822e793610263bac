from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FieldConfig(AppConfig):
    name = "field"
    verbose_name = _("外出检查")

    def ready(self) -> None:
        from field import checks  # noqa: F401 (registers them)

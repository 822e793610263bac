from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MisconductConfig(AppConfig):
    name = "misconduct"
    verbose_name = _("教育乱象专项巡查")

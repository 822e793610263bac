from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("", include("inspections.urls")),
    path("institutions/", include("institutions.urls")),
    path("map/", include("mapping.urls")),
    path("reports/", include("reports.urls")),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include("config.api")),
    path("admin/", admin.site.urls),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
handler400 = "accounts.views.unusable"
handler403 = "accounts.views.forbidden"
handler404 = "accounts.views.absent"
handler500 = "accounts.views.broken"

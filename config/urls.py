from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from config import health
from field.views import service_worker
from mapping.ogc.views import Landing
from mapping.tiles import TileView

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("inspections.urls")),
    path("institutions/", include("institutions.urls")),
    path("misconduct/", include("misconduct.urls")),
    path("map/", include("mapping.urls")),
    path("reports/", include("reports.urls")),
    path("field/", include("field.urls")),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include("config.api")),
    path("admin/", admin.site.urls),
    path("ogc", Landing.as_view(), name="ogc-bare"),  # as it is often copied; a redirect would lose the token
    path("ogc/", include("mapping.ogc.urls")),
    path("tiles/institutions/<int:z>/<int:x>/<int:y>.mvt", TileView.as_view(), name="tile"),
    path("sw.js", service_worker, name="service_worker"),  # at the root: a worker sees what lies below its script
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    # What a browser asks for by itself where no page names an icon: a picture opened alone, say.
    path("favicon.ico", login_not_required(RedirectView.as_view(url=lazy(static, str)("icon.svg"))), name="favicon"),
]
handler400 = "accounts.views.unusable"
handler403 = "accounts.views.forbidden"
handler404 = "accounts.views.absent"
handler500 = "accounts.views.broken"

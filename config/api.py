"""The API's router: every room's views under /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from figures import api as figures
from inspections import api as inspections
from mapping.api import MapView

urlpatterns = [
    path("institutions/", figures.InstitutionList.as_view(), name="api-institutions"),
    path("institutions/<uuid:pk>/", figures.InstitutionFile.as_view(), name="api-institution"),
    path("statistics/completion/", figures.CompletionView.as_view(), name="api-completion"),
    path("statistics/trend/", figures.TrendView.as_view(), name="api-trend"),
    path("visits/<uuid:pk>/", inspections.VisitView.as_view(), name="api-visit"),
    path("visits/<uuid:pk>/photos/<str:sha256>/", inspections.VisitPhotoView.as_view(), name="api-visit-photo"),
    path("rectifications/", figures.RectificationList.as_view(), name="api-rectifications"),
    path("rectifications/<uuid:pk>/", inspections.RectificationFile.as_view(), name="api-rectification"),
    path("rectifications/<uuid:pk>/submit/", inspections.SubmitView.as_view(), name="api-submit"),
    path("rectifications/<uuid:pk>/verify/", inspections.VerifyView.as_view(), name="api-verify"),
    path("rectifications/<uuid:pk>/return/", inspections.ReturnView.as_view(), name="api-return"),
    path("rectifications/<uuid:pk>/extend/", inspections.ExtendView.as_view(), name="api-extend"),
    path("rectifications/<uuid:pk>/void/", inspections.VoidView.as_view(), name="api-void"),
    path("map/", MapView.as_view(), name="api-map"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]

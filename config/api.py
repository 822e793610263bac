"""The API's router: every room's views under /api/v1/."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.requests import asks, one_of
from field import api as field
from figures import api as figures
from inspections import api as inspections
from inspections.moves import MOVES
from institutions import api as institutions
from institutions import import_api as imports
from mapping.api import MapListView, MapView
from mapping.boundaries.api import BoundariesView
from mapping.map_api import PlaceTakenBackView, PlaceView, TownshipsView, UnlocatedView
from misconduct import api as misconduct
from reports import api as reports

Answering = Callable[..., HttpResponseBase]


def in_a_language_of_ours(view: Answering) -> Answering:
    """drf-spectacular answers in Chinese to a `lang` that it does not know."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        one_of("lang", request.GET.get("lang", ""), list(dict(settings.LANGUAGES)))
        return view(request, *args, **kwargs)

    return answered


schema = in_a_language_of_ours(SpectacularAPIView.as_view())
docs = in_a_language_of_ours(SpectacularSwaggerSplitView.as_view(url_name="schema"))

urlpatterns = [
    path("institutions/", figures.InstitutionList.as_view(), name="api-institutions"),
    path("institutions/<uuid:pk>/", figures.InstitutionFile.as_view(), name="api-institution"),
    path("institutions/<uuid:pk>/merge/", institutions.MergeView.as_view(), name="api-institution-merge"),
    path("institutions/<uuid:pk>/take-apart/", institutions.TakeApartView.as_view(), name="api-institution-apart"),
    path("imports/", imports.ImportList.as_view(), name="api-imports"),
    path("imports/<uuid:pk>/", imports.ImportFile.as_view(), name="api-import"),
    path("imports/<uuid:pk>/rows/", imports.ImportRows.as_view(), name="api-import-rows"),
    path("imports/<uuid:pk>/answers/", imports.ImportAnswers.as_view(), name="api-import-answers"),
    path("imports/<uuid:pk>/fixes/", imports.ImportFixes.as_view(), name="api-import-fixes"),
    path("imports/<uuid:pk>/decisions/", imports.ImportDecisions.as_view(), name="api-import-decisions"),
    path("imports/<uuid:pk>/plan/", imports.ImportPlan.as_view(), name="api-import-plan"),
    path("imports/<uuid:pk>/commit/", imports.ImportCommit.as_view(), name="api-import-commit"),
    path("imports/<uuid:pk>/undo/", imports.ImportUndo.as_view(), name="api-import-undo"),
    path("institutions/<uuid:pk>/phone/", institutions.PhoneView.as_view(), name="api-phone"),
    path("statistics/completion/", figures.CompletionView.as_view(), name="api-completion"),
    path("statistics/difference/", figures.DifferenceView.as_view(), name="api-difference"),
    path("statistics/trend/", figures.TrendView.as_view(), name="api-trend"),
    path("visits/<uuid:pk>/", inspections.VisitView.as_view(), name="api-visit"),
    path("visits/<uuid:pk>/withdraw/", inspections.VisitWithdrawalView.as_view(), name="api-visit-withdraw"),
    path("visits/<uuid:pk>/photos/<str:sha256>/", inspections.VisitPhotoView.as_view(), name="api-visit-photo"),
    path("visits/<uuid:pk>/receipt/", inspections.ReceiptView.as_view(), name="api-visit-receipt"),
    path("field/worklist/", field.WorklistView.as_view(), name="api-field-worklist"),
    path("field/catalogue/", field.CatalogueView.as_view(), name="api-field-catalogue"),
    path("field/colleagues/", field.ColleaguesView.as_view(), name="api-field-colleagues"),
    path("field/divisions/", field.DivisionsView.as_view(), name="api-field-divisions"),
    path("field/mine/", field.MineView.as_view(), name="api-field-mine"),
    path("field/visits/", field.VisitsView.as_view(), name="api-field-visits"),
    path("rectifications/", figures.RectificationList.as_view(), name="api-rectifications"),
    path("rectifications/<uuid:pk>/", inspections.RectificationFile.as_view(), name="api-rectification"),
    *(
        path(f"rectifications/<uuid:pk>/{name}/", inspections.MoveView.as_view(move=move), name=f"api-{name}")
        for name, move in MOVES.items()
    ),
    path("notices/<uuid:pk>/", inspections.NoticeView.as_view(), name="api-notice"),
    path("reports/", reports.ReportList.as_view(), name="api-reports"),
    path("reports/<uuid:pk>/", reports.ReportFile.as_view(), name="api-report"),
    *(
        path(f"reports/<uuid:pk>/{step.name}/", reports.StepView.as_view(step=step), name=f"api-report-{step.name}")
        for step in reports.DOORS
    ),
    path("map/", MapView.as_view(), name="api-map"),
    path("map/list/", MapListView.as_view(), name="api-map-list"),
    path("map/unlocated/", UnlocatedView.as_view(), name="api-map-unlocated"),
    path("misconduct/", misconduct.CaseList.as_view(), name="api-misconduct"),
    path("misconduct/figures/", misconduct.MisconductFigures.as_view(), name="api-misconduct-figures"),
    path("misconduct/<uuid:pk>/", misconduct.CaseFile.as_view(), name="api-misconduct-case"),
    path("map/townships/", TownshipsView.as_view(), name="api-map-townships"),
    path("map/places/<uuid:pk>/", PlaceView.as_view(), name="api-map-place"),
    path("map/places/<uuid:pk>/take-back/", PlaceTakenBackView.as_view(), name="api-map-place-undo"),
    path("map/boundaries/", BoundariesView.as_view(), name="api-map-boundaries"),
    path("schema/", asks("format", "lang")(schema), name="schema"),
    path("docs/", asks("lang", "script")(docs), name="api-docs"),
]

from django.urls import path

from reports import views
from reports.collecting import pages as collected
from reports.schedule_page import report_schedule
from reports.superior import pages as superior

urlpatterns = [
    path("", views.look, name="reports"),
    path("download/", views.download, name="report_download"),
    path("forms/", superior.superior_forms, name="superior_forms"),
    path("forms/<uuid:pk>/", superior.superior_form, name="superior_form"),
    path("forms/<uuid:pk>/file/", superior.superior_form_file, name="superior_form_file"),
    path("forms/<uuid:pk>/bind/", superior.superior_form_bind, name="superior_form_bind"),
    path("forms/<uuid:pk>/fill/", superior.superior_form_fill, name="superior_form_fill"),
    path("forms/<uuid:pk>/filled/<uuid:filled>/", superior.superior_form_filled, name="superior_form_filled"),
    path("schedule/", report_schedule, name="report_schedule"),
    path("collected/", collected.collected, name="collected_reports"),
    path("collected/<int:pk>/", collected.collected_report, name="collected_report"),
    path("new/", views.begin, name="report_new"),
    path("<uuid:pk>/", views.report, name="report"),
    path("<uuid:pk>/check/", views.check, name="report_check"),
    path("<uuid:pk>/explain/", views.explain, name="report_explain"),
    path("<uuid:pk>/edit/", views.edit, name="report_edit"),
    path("<uuid:pk>/draft/", views.save, name="report_draft"),
    path("<uuid:pk>/preview/", views.preview, name="report_preview"),
    path("<uuid:pk>/versions/<int:number>/", views.version, name="report_version"),
    path("<uuid:pk>/versions/<int:number>/annex/", views.annex, name="report_annex"),
    path("<uuid:pk>/versions/<int:number>/changes/", views.changes, name="report_changes"),
    path("<uuid:pk>/versions/<int:number>/files/<str:kind>/", views.download_kept, name="report_file"),
    path("<uuid:pk>/<str:name>/", views.step, name="report_step"),
]

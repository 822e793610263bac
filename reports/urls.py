from django.urls import path

from reports import document_views, views
from reports.collecting import pages as collected
from reports.schedule_page import report_schedule
from reports.superior import pages as superior

urlpatterns = [
    path("", views.look, name="reports"),
    path("download/", views.download, name="report_download"),
    path("letterhead/", document_views.letterhead, name="report_letterhead"),
    path("templates/", document_views.templates, name="report_templates"),
    path("templates/shipped/", document_views.shipped, name="report_template_shipped"),
    path("templates/use-shipped/", document_views.use_shipped, name="report_template_use_shipped"),
    path("templates/<uuid:pk>/", document_views.template, name="report_template"),
    path("templates/<uuid:pk>/file/", document_views.template_file, name="report_template_file"),
    path("templates/<uuid:pk>/filled/", document_views.template_filled, name="report_template_filled"),
    path("prepared/<uuid:pk>/", document_views.prepared, name="report_prepared"),
    path("prepared/<uuid:pk>/file/", document_views.prepared_file, name="report_prepared_file"),
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

from django.urls import path

from reports import document_views, views

urlpatterns = [
    path("", views.reports, name="reports"),
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
]

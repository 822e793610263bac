from django.urls import path

from reports import views

urlpatterns = [
    path("", views.look, name="reports"),
    path("download/", views.download, name="report_download"),
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

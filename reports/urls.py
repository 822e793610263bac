from django.urls import path

from reports import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("download/", views.download, name="report_download"),
]

from django.urls import path

from reports import views
from reports.superior import pages as superior

urlpatterns = [
    path("", views.reports, name="reports"),
    path("download/", views.download, name="report_download"),
    path("forms/", superior.superior_forms, name="superior_forms"),
    path("forms/<uuid:pk>/", superior.superior_form, name="superior_form"),
    path("forms/<uuid:pk>/file/", superior.superior_form_file, name="superior_form_file"),
    path("forms/<uuid:pk>/bind/", superior.superior_form_bind, name="superior_form_bind"),
    path("forms/<uuid:pk>/fill/", superior.superior_form_fill, name="superior_form_fill"),
    path("forms/<uuid:pk>/filled/<uuid:filled>/", superior.superior_form_filled, name="superior_form_filled"),
]

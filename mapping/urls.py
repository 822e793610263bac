from django.urls import path

from mapping import geocoding_pages, handover, standalone_view, views

urlpatterns = [
    path("", views.map_page, name="map"),
    path("geocoding/", geocoding_pages.geocoding, name="geocoding"),
    path("geocoding/<uuid:pk>/", geocoding_pages.geocoding_run, name="geocoding_run"),
    path("geocoding/<uuid:pk>/stop/", geocoding_pages.geocoding_stop, name="geocoding_stop"),
    path("handover/", handover.handover, name="map_handover"),
    path("export/", standalone_view.map_file, name="map_file"),
]

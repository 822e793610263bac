from django.urls import path

from mapping import geocoding_pages, handover, standalone_view, tiles_page, views
from mapping.boundaries import pages as boundaries

urlpatterns = [
    path("", views.map_page, name="map"),
    path("geocoding/", geocoding_pages.geocoding, name="geocoding"),
    path("geocoding/<uuid:pk>/", geocoding_pages.geocoding_run, name="geocoding_run"),
    path("geocoding/<uuid:pk>/stop/", geocoding_pages.geocoding_stop, name="geocoding_stop"),
    path("handover/", handover.handover, name="map_handover"),
    path("export/", standalone_view.map_file, name="map_file"),
    path("boundaries/", boundaries.boundaries, name="boundaries"),
    path("boundaries/<uuid:pk>/", boundaries.boundary_file, name="boundary_file"),
    path("boundaries/<uuid:pk>/file/", boundaries.boundary_file_as_received, name="boundary_file_as_received"),
    path("boundaries/<uuid:pk>/take-back/", boundaries.boundary_set_take_back, name="boundary_set_take_back"),
    path("mismatches/", boundaries.mismatches, name="mismatches"),
    path("tiles/<slug:key>/<int:z>/<int:x>/<int:y>", tiles_page.tile, name="tile"),
]

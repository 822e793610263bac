from django.urls import path

from mapping import geocoding_pages, standalone_view, tiles_page, views
from mapping.boundaries import pages as boundaries
from mapping.handovers import pages as handovers
from mapping.wall import pages as wall
from mapping.wall.passes import WallList, WallMap, WallTownships

urlpatterns = [
    path("", views.map_page, name="map"),
    path("geocoding/", geocoding_pages.geocoding, name="geocoding"),
    path("geocoding/<uuid:pk>/", geocoding_pages.geocoding_run, name="geocoding_run"),
    path("geocoding/<uuid:pk>/stop/", geocoding_pages.geocoding_stop, name="geocoding_stop"),
    path("walls/", wall.walls, name="walls"),
    path("walls/<uuid:pk>/end/", wall.wall_end, name="wall_end"),
    path("wall/", wall.wall, name="wall"),
    path("wall/map/", WallMap.as_view(), name="wall_map"),
    path("wall/list/", WallList.as_view(), name="wall_list"),
    path("wall/townships/", WallTownships.as_view(), name="wall_townships"),
    path("handover/", handovers.make_handover, name="map_handover"),
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/<uuid:pk>/", handovers.handover, name="handover"),
    path("handovers/<uuid:pk>/file/", handovers.handover_file, name="handover_file"),
    path("export/", standalone_view.map_file, name="map_file"),
    path("boundaries/", boundaries.boundaries, name="boundaries"),
    path("boundaries/<uuid:pk>/", boundaries.boundary_file, name="boundary_file"),
    path("boundaries/<uuid:pk>/file/", boundaries.boundary_file_as_received, name="boundary_file_as_received"),
    path("boundaries/<uuid:pk>/take-back/", boundaries.boundary_set_take_back, name="boundary_set_take_back"),
    path("mismatches/", boundaries.mismatches, name="mismatches"),
    path("tiles/<slug:key>/<int:z>/<int:x>/<int:y>", tiles_page.tile, name="tile"),
]

from django.urls import path

from mapping import views

urlpatterns = [path("", views.map_page, name="map")]

from django.urls import path

from field import handin_page, views

urlpatterns = [
    path("", views.app, name="field"),
    path("who/", views.who, name="field_who"),
    path("manifest.webmanifest", views.manifest, name="field_manifest"),
    path("shrink.js", views.shrink, name="field_shrink"),
    path("handin/", handin_page.handin, name="field_handin"),
]

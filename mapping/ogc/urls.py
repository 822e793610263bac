from django.urls import path

from mapping.ogc import views

urlpatterns = [
    path("", views.Landing.as_view(), name="ogc"),
    path("conformance", views.Conformance.as_view(), name="ogc-conformance"),
    path("api", views.Api.as_view(), name="ogc-api"),
    path("collections", views.Collections.as_view(), name="ogc-collections"),
    path("collections/institutions", views.Collection.as_view(), name="ogc-collection"),
    path("collections/institutions/schema", views.Schema.as_view(), name="ogc-schema"),
    path("collections/institutions/items", views.Items.as_view(), name="ogc-items"),
    path("collections/institutions/items/<uuid:pk>", views.Item.as_view(), name="ogc-item"),
]

from django.urls import path

from inspections.views import new_visits, notices, quarantined, rectifications, strike_offs, visits

urlpatterns = [
    path("visits/new/", new_visits.new_visit, name="visit_new"),
    path("institutions/<uuid:pk>/colleagues/", new_visits.find_colleagues, name="colleagues"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("institutions/<uuid:pk>/quarantined/<int:copy>/", quarantined.quarantined, name="quarantined"),
    path("visits/<uuid:pk>/withdraw/", visits.withdraw, name="visit_withdraw"),
    path("visits/<uuid:pk>/order/", visits.order, name="visit_order"),
    path("visits/<uuid:pk>/photos/<int:slot>/", visits.photo, name="visit_photo"),
    path("visits/<uuid:pk>/photos/<int:slot>/original/", visits.original_photo, name="visit_original"),
    path("visits/<uuid:pk>/photos/<int:slot>/<int:edge>/", visits.photo, name="visit_thumbnail"),
    path("rectifications/strike-offs/", strike_offs.strike_offs, name="strike_offs"),
    path("rectifications/<uuid:pk>/", rectifications.rectification, name="rectification"),
    path("rectifications/<uuid:pk>/notice/", notices.of_order, name="rectification_notice"),
    path("notices/<uuid:pk>/", notices.notice, name="notice"),
    path("rectifications/<uuid:pk>/<str:move>/", rectifications.move, name="rectification_move"),
]

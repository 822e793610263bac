from django.urls import path

from inspections.views import institutions, rectifications, statistics, today, visits

urlpatterns = [
    path("", today.today, name="today"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/<uuid:pk>/", institutions.institution_file, name="institution"),
    path("visits/new/", visits.new_visit, name="visit_new"),
    path("visits/<uuid:pk>/", visits.visit, name="visit"),
    path("visits/<uuid:pk>/quarantined/<int:copy>/", visits.settle, name="quarantined_settle"),
    path("visits/<uuid:pk>/order/", visits.order, name="visit_order"),
    path("visits/<uuid:pk>/photos/<int:slot>/", visits.photo, name="visit_photo"),
    path("rectifications/", rectifications.ledger, name="rectifications"),
    path("rectifications/<uuid:pk>/", rectifications.rectification, name="rectification"),
    path("rectifications/<uuid:pk>/notice/", rectifications.notice, name="rectification_notice"),
    path("rectifications/<uuid:pk>/<str:move>/", rectifications.move, name="rectification_move"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/trend/", statistics.trend_page, name="trend"),
    path("statistics/trend.svg", statistics.trend_chart, name="trend_chart"),
]

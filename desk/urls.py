from django.urls import path

from desk.views import institutions, ledger, search, statistics, today

urlpatterns = [
    path("", today.today, name="today"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/<uuid:pk>/", institutions.institution_file, name="institution"),
    path("rectifications/", ledger.ledger, name="rectifications"),
    path("search/", search.search, name="search"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/trend/", statistics.trend_page, name="trend"),
    path("statistics/trend.svg", statistics.trend_chart, name="trend_chart"),
]

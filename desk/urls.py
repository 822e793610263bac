from django.urls import path

from desk.views import institutions, ledger, lists, search, statistics, today

urlpatterns = [
    path("", today.today, name="today"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/<uuid:pk>/", institutions.institution_file, name="institution"),
    path("rectifications/", ledger.ledger, name="rectifications"),
    path("lists/columns/", lists.choose_columns, name="choose_columns"),
    path("search/", search.search, name="search"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/trend/", statistics.trend_page, name="trend"),
    path("statistics/trend.svg", statistics.trend_chart, name="trend_chart"),
]

from django.urls import path

from desk.views import audit, institutions, ledger, phone, statistics, today

urlpatterns = [
    path("", today.today, name="today"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/<uuid:pk>/", institutions.institution_file, name="institution"),
    path("institutions/<uuid:pk>/phone/", phone.reveal_phone, name="institution_phone"),
    path("rectifications/", ledger.ledger, name="rectifications"),
    path("audit/", audit.audit_page, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/trend/", statistics.trend_page, name="trend"),
    path("statistics/trend.svg", statistics.trend_chart, name="trend_chart"),
]

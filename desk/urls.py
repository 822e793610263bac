from django.urls import path

from desk.views import (
    audit,
    contradictions,
    differences,
    first_steps,
    institutions,
    ledger,
    lists,
    misconduct,
    phone,
    search,
    statistics,
    today,
)

urlpatterns = [
    path("", today.today, name="today"),
    path("first-steps/", first_steps.first_steps, name="first_steps"),
    path("institutions/", institutions.institution_list, name="institutions"),
    path("institutions/<uuid:pk>/", institutions.institution_file, name="institution"),
    path("institutions/<uuid:pk>/phone/", phone.reveal_phone, name="institution_phone"),
    path("rectifications/", ledger.ledger, name="rectifications"),
    path("misconduct/", misconduct.case_list, name="misconduct"),
    path("misconduct/persons/", misconduct.person_list, name="misconduct_persons"),
    path("lists/columns/", lists.choose_columns, name="choose_columns"),
    path("search/", search.search, name="search"),
    path("audit/", audit.audit_page, name="audit"),
    path("audit/verify/", audit.verify, name="audit_verify"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/contradictions/", contradictions.contradictions_page, name="contradictions"),
    path("statistics/difference/", differences.difference, name="difference"),
    path("statistics/trend/", statistics.trend_page, name="trend"),
]

from django.urls import path

from misconduct.views import looking, writing

urlpatterns = [
    path("new/", writing.new_case, name="misconduct_new"),
    path("figures/", looking.figures_page, name="misconduct_figures"),
    path("<uuid:pk>/", looking.case_page, name="misconduct_case"),
    path("<uuid:pk>/correct/", writing.correct_case, name="misconduct_correct"),
    path("<uuid:pk>/conclude/", writing.conclude, name="misconduct_conclude"),
    path("<uuid:pk>/withdraw/", writing.withdraw_case, name="misconduct_withdraw"),
    path("<uuid:pk>/parties/new/", writing.new_party, name="misconduct_party_new"),
    path("parties/<uuid:pk>/correct/", writing.correct_party, name="misconduct_party_correct"),
    path("parties/<uuid:pk>/withdraw/", writing.withdraw_party, name="misconduct_party_withdraw"),
    path("parties/<uuid:pk>/measures/new/", writing.new_measure, name="misconduct_measure_new"),
    path("measures/<uuid:pk>/correct/", writing.correct_measure, name="misconduct_measure_correct"),
    path("measures/<uuid:pk>/withdraw/", writing.withdraw_measure, name="misconduct_measure_withdraw"),
    path("conclusions/<uuid:pk>/correct/", writing.correct_conclusion, name="misconduct_conclusion_correct"),
    path("conclusions/<uuid:pk>/withdraw/", writing.withdraw_conclusion, name="misconduct_conclusion_withdraw"),
]

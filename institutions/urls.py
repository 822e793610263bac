from django.urls import path

from institutions import division_pages, example_page, import_pages, views

urlpatterns = [
    path("new/", views.new_institution, name="institution_new"),
    path("divisions/new/", division_pages.set_up, name="divisions_new"),
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/decide/", views.decide, name="duplicates_decide"),
    path("import/", import_pages.import_start, name="import"),
    path("import/example/", example_page.import_example, name="import_example"),
    path("import/<uuid:pk>/", import_pages.import_file, name="import_file"),
    path("import/<uuid:pk>/columns/", import_pages.import_columns, name="import_columns"),
    path("import/<uuid:pk>/row/", import_pages.import_row, name="import_row"),
    path("import/<uuid:pk>/answers/", import_pages.import_answers, name="import_answers"),
    path("import/<uuid:pk>/fix/", import_pages.import_fix, name="import_fix"),
    path("import/<uuid:pk>/decide/", import_pages.import_decide, name="import_decide"),
    path("import/<uuid:pk>/leave-out/", import_pages.import_leave_out, name="import_leave_out"),
    path("import/<uuid:pk>/plan/", import_pages.import_plan, name="import_plan"),
    path("import/<uuid:pk>/confirm/", import_pages.import_confirm, name="import_confirm"),
    path("import/<uuid:pk>/undo/", import_pages.import_undo, name="import_undo"),
    path("<uuid:pk>/edit/", views.edit_institution, name="institution_edit"),
    path("<uuid:pk>/withdraw/", views.withdraw_institution, name="institution_withdraw"),
    path("<uuid:pk>/merge/", views.merge_institution, name="institution_merge"),
    path("<uuid:pk>/merges/<int:merge>/apart/", views.take_apart, name="institution_apart"),
    path("<uuid:pk>/licences/", views.licence_list, name="licences"),
    path("<uuid:pk>/licences/new/", views.new_licence, name="licence_new"),
    path("<uuid:pk>/licences/<int:licence>/correct/", views.correct_licence, name="licence_correct"),
    path("<uuid:pk>/licences/<int:licence>/end/", views.end_licence, name="licence_end"),
    path("<uuid:pk>/licences/<int:licence>/revoke/", views.revoke_licence, name="licence_revoke"),
    path("<uuid:pk>/licences/<int:licence>/withdraw/", views.withdraw_licence, name="licence_withdraw"),
]

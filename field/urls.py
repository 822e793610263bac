from django.urls import path

from field import handin_page

urlpatterns = [
    path("handin/", handin_page.handin, name="field_handin"),
]

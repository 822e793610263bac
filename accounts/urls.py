from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from accounts import pages
from accounts.requests import asks

urlpatterns = [
    path("login/", pages.SignIn.as_view(), name="login"),
    path("login/code/", pages.SignInCode.as_view(), name="login_code"),
    path("logout/", pages.SignOut.as_view(), name="logout"),
    path("password/", asks("next")(pages.Password.as_view()), name="password"),
    path("second-factor/", asks("next")(pages.SecondFactor.as_view()), name="second_factor"),
    path("language/", login_not_required(set_language), name="set_language"),
]

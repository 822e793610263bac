"""The pages of one's own account: signing in (in two steps for who has a second factor) and out, password, app."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from accounts import actions, brakes, second_factor, sessions
from accounts.forms import Code, OwnPassword
from accounts.models import User
from accounts.requests import SignedInRequest


class SignIn(LoginView):
    """User name and password. Who has a second factor is not signed in yet, but asked for it."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # typed as in a later Django
        """Where `next` leads; nowhere when it is this page, which would lead to itself for ever."""
        going = super().get_redirect_url()
        return "" if going == self.request.path else going

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        why = self.request.GET.get("why", "") or getattr(self.request, "why", "")
        limits = {"failures": settings.AXES_FAILURE_LIMIT, "minutes": settings.AXES_COOLOFF_TIME.seconds // 60}
        return super().get_context_data(**kwargs, why=sessions.WHY.get(why, ""), limits=limits)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user: Any = form.get_user()
        if second_factor.device_of(user) is None:
            sessions.sign_in(self.request, user)
            return HttpResponseRedirect(self.get_success_url())
        sessions.await_code(self.request, user)
        return redirect(_with_next("login_code", self.get_redirect_url()))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        named = User.objects.filter(username=form.cleaned_data.get("username", "")).first()
        brakes.note_failure(self.request, named)
        return super().form_invalid(form)


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class SignInCode(RedirectURLMixin, TemplateView):
    """The second step: a code of the app, or a recovery code."""

    template_name = "accounts/login_code.html"
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.user = sessions.awaited(request)
        if self.user is None:
            return redirect(reverse("login") + "?why=late")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**{"form": Code(), "next": self.get_redirect_url(), **kwargs})
        context["form"].fields["code"].widget.attrs["autofocus"] = True
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = self.user, Code(request.POST)
        assert user is not None
        if says_no := brakes.locked_out(request, user):
            return says_no
        if form.is_valid() and second_factor.passes(user, form.cleaned_data["code"]):
            sessions.sign_in(request, user, with_second_factor=True)
            return HttpResponseRedirect(self.get_success_url())
        if form.is_valid():
            brakes.count_failure(request, user, "second_factor")
            form.add_error("code", wrong_code())
        return self.render_to_response(self.get_context_data(form=form))


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sessions.sign_out(request)
        return super().post(request, *args, **kwargs)


class Password(RedirectURLMixin, PasswordChangeView):
    """One's own password. Whoever is signed in elsewhere with the old one, and every API token, is out."""

    template_name = "accounts/password.html"
    form_class = OwnPassword
    next_page = settings.LOGIN_REDIRECT_URL
    request: SignedInRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first = sessions.FIRST["password"] if self.request.user.must_change_password else ""
        return super().get_context_data(**kwargs, first=first, next=self.get_redirect_url())

    def post(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        return brakes.locked_out(request, request.user) or super().post(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with actions.password_change(self.request.user, by=self.request.user):
            answer = super().form_valid(form)
        messages.success(self.request, _("密码已更改。您在其他设备上的登录和全部接口令牌已失效。"))
        return answer

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        if form.has_error("old_password", "password_incorrect"):
            brakes.count_failure(self.request, self.request.user, "present_password")
        return super().form_invalid(form)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SecondFactor(RedirectURLMixin, TemplateView):
    """One's own second factor: to enrol an app; then, with a code of it, new recovery codes, or to give it up."""

    template_name = "accounts/second_factor.html"
    next_page = settings.LOGIN_REDIRECT_URL
    request: SignedInRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        enrolled = second_factor.device_of(user)
        shown = {"left": second_factor.codes_left(user)} if enrolled else _to_scan(second_factor.new_device(user))
        first = sessions.FIRST["second_factor"] if sessions.first_step(self.request) == "second_factor" else ""
        plain = {"form": Code(), "enrolled": enrolled, "first": first, "next": self.get_redirect_url()}
        return super().get_context_data(**plain | shown | kwargs)

    def post(self, request: SignedInRequest) -> HttpResponse:
        user, form = request.user, Code(request.POST)
        if says_no := brakes.locked_out(request, user):
            return says_no
        if form.is_valid():
            done = self._done(user, form.cleaned_data["code"])
            if done is not None:
                return done
            brakes.count_failure(request, user, "second_factor")
            form.add_error("code", wrong_code())
        return self.render_to_response(self.get_context_data(form=form))

    def _done(self, user: User, code: str) -> HttpResponse | None:
        """What the code was typed for; None when it was wrong."""
        if second_factor.device_of(user) is None:
            codes = second_factor.enrol(user, code)
            if not codes:
                return None
            update_session_auth_hash(self.request, user)
            self.request.session[sessions.SECOND_FACTOR] = True
        elif not second_factor.passes(user, code):
            return None
        elif "remove" in self.request.POST:
            second_factor.remove(user, by=user)
            update_session_auth_hash(self.request, user)
            self.request.session[sessions.SECOND_FACTOR] = False
            messages.success(self.request, _("两步验证已停用。"))
            return redirect("second_factor")
        else:
            codes = second_factor.renew_recovery_codes(user)
        return render(self.request, "accounts/recovery_codes.html", {"codes": codes, "next": self.get_success_url()})


def wrong_code() -> str:
    return _("验证码不正确，或刚刚用过。请等验证器显示下一个验证码再输入；连续输错后须稍等片刻。")


def _to_scan(device: Any) -> dict[str, str]:
    """The secret as a picture for the app's camera, and as text to type; made here, it goes to no other host."""
    import segno

    picture = segno.make(device.config_url, error="l").svg_inline(border=4, omitsize=True, title=_("绑定用二维码"))
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return {"picture": picture, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


def _with_next(name: str, going: str) -> str:
    return reverse(name) + (f"?{urlencode({'next': going})}" if going else "")

from typing import Any

from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm, PasswordChangeForm
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class OwnPassword(PasswordChangeForm):
    """The present password, and a new one twice; another one, or a password set by somebody else would stay."""

    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("当前密码")
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password2"].label = _("再输入一次新密码")
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(gettext("新密码与当前密码相同，请另设一个。"))
        return password


class NewPassword(AdminPasswordChangeForm):
    """A password that an administrator sets, or takes away: Django's own words for that cannot be translated."""

    usable_password_help_text = lazy(format_html, str)(
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        _("停用以后，这个账号在重新设置密码以前不能登录。"),
    )


class Code(forms.Form):
    """Six digits of the app, or a recovery code, which has digits only as well."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

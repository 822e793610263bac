"""What a clerk types about a case, who is concerned, and what was done."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.id_numbers import NOT_HERE
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.forms import DateInput
from institutions.models import Division, Institution
from institutions.moments import today
from misconduct.actions import NewStatement, parties_named, people_called
from misconduct.models import Kind, MeasureKind, Party, Person, Result, Source, Statement

ANOTHER = "another"


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput, **options)


CHOOSE = ("", gettext_lazy("请选择"))


class StatementForm(forms.Form):
    """案情. `institution` is the name of one on the register that the user sees."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=[CHOOSE, *Kind.choices])
    school = forms.CharField(label=gettext_lazy("学校（单位）"), max_length=120)
    institution = forms.CharField(
        label=gettext_lazy("在册培训机构"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("是台账中的培训机构的，填全称，可从案件打开它的档案；中小学、幼儿园留空。"),
    )
    source = forms.ChoiceField(label=gettext_lazy("来源"), choices=[CHOOSE, *Source.choices])
    happened_on = _day(gettext_lazy("发生日期"))
    found_on = _day(gettext_lazy("受理日期"))
    note = forms.CharField(
        label=gettext_lazy("案情"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NOT_HERE,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_institution(self) -> Institution | None:
        name = self.cleaned_data["institution"].strip()
        if not name:
            return None
        found = list(Institution.objects.visible_to(self.user).filter(name=name, withdrawn_at__isnull=True)[:2])
        if len(found) != 1:
            none, several = _("没有叫“%(name)s”的在册机构。"), _("叫“%(name)s”的在册机构不止一家，请留空。")
            raise forms.ValidationError((several if found else none) % {"name": name})
        return found[0]

    def statement(self) -> NewStatement:
        names = ("kind", "school", "institution", "source", "happened_on", "found_on", "note")
        return NewStatement(**{name: self.cleaned_data[name] for name in names})


class CaseForm(StatementForm):
    """登记案件, of a division where the user records cases."""

    number = forms.CharField(label=gettext_lazy("案件编号"), max_length=40)
    division = forms.ModelChoiceField(
        label=gettext_lazy("辖区"), queryset=Division.objects.none(), empty_label=gettext_lazy("请选择")
    )
    field_order = ["number", "division", "kind", "school", "institution", "source", "happened_on", "found_on", "note"]

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        inside = within_prefixes("code", user.prefixes(Permission.RECORD_MISCONDUCT))
        offered = Division.objects.filter(inside).in_force_on(today()).exclude(level="village")
        self.fields["division"].queryset = offered.order_by("code")  # type: ignore[attr-defined]


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NOT_HERE,
    )


class CorrectStatementForm(StatementForm):
    reason = reason_field()

    @staticmethod
    def of(stated: Statement) -> dict[str, Any]:
        """What stands, to begin with."""
        names = ("kind", "school", "source", "happened_on", "found_on", "note")
        begun = {name: getattr(stated, name) for name in names}
        return begun | {"institution": stated.institution.name if stated.institution else ""}


class PartyForm(forms.Form):
    """当事人. Where there is somebody of this name already, a person says whether it is the same."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=40,
        help_text=gettext_lazy("只填姓名，不填身份证号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    post = forms.CharField(label=gettext_lazy("职务"), required=False, max_length=60)

    def __init__(self, *args: Any, user: User, party: Party | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        typed = self.data.get(self.add_prefix("name"), "") if self.is_bound else ""
        known = people_called(typed, user) if typed.strip() else []
        self.known = [each for each in known if party is None or typed.strip() != party.person.name]
        if self.known:
            choices = [
                *((str(each.pk), _where(each, user)) for each in self.known),
                (ANOTHER, _("不是以上任何一人，另行登记")),
            ]
            self.fields["same_as"] = forms.ChoiceField(
                label=_("台账中已有同名的当事人，是同一人吗？"),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请选是同一人，还是另行登记。")},
            )

    def acted(self) -> dict[str, Any]:
        """What the action takes of it."""
        chosen = self.cleaned_data.get("same_as", "")
        same = next((each for each in self.known if str(each.pk) == chosen), None)
        said = {name: self.cleaned_data[name] for name in ("name", "post", "reason") if name in self.cleaned_data}
        return said | {"same_as": same, "another": chosen == ANOTHER}


def _where(person: Person, user: User) -> str:
    """甲某（教师，绘声小学，案件 2018-03）: by which somebody tells two of one name apart, of a case in their sight."""
    party = parties_named(user).filter(person=person).select_related("case").order_by("recorded_at").last()
    if party is None:
        return person.name
    said = [party.post, party.case.statement.school, _("案件 %(number)s") % {"number": party.case.number}]
    return _("%(name)s（%(said)s）") % {"name": person.name, "said": _("，").join(filter(None, said))}


class CorrectPartyForm(PartyForm):
    reason = reason_field()


class MeasureForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("处理措施"), choices=[CHOOSE, *MeasureKind.choices])
    decided_on = _day(gettext_lazy("决定日期"))
    document = forms.CharField(label=gettext_lazy("文号"), required=False, max_length=60)


class CorrectMeasureForm(MeasureForm):
    reason = reason_field()


class ConclusionForm(forms.Form):
    result = forms.ChoiceField(label=gettext_lazy("结果"), choices=[CHOOSE, *Result.choices])
    handled_on = _day(gettext_lazy("查结日期"))
    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=NOT_HERE,
    )


class CorrectConclusionForm(ConclusionForm):
    reason = reason_field()


class ReasonForm(forms.Form):
    reason = reason_field()

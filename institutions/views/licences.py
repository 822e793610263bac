from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.forms import BaseForm, Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import Refusal
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions import actions
from institutions.changes import licence_changes_since, licence_in_words
from institutions.forms import CorrectLicenceForm, EndForm, LicenceForm, RevokeForm, WithdrawForm, refuse
from institutions.models import STATED, Institution, Licence
from institutions.moments import today
from institutions.views.shared import editable, page, saved, version_of

Said = tuple[str, str, str]  # label, before, after


@require_safe
def licence_list(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """证照: what is on file, and what was on file before it was corrected or withdrawn, with who, when and why."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    may_edit = has_permission(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    people = ("recorded_by", "revoked_by", "withdrawn_by", "replaced_by")
    licences = institution.licences.select_related(*people).order_by("kind", "valid_from", "pk")
    context = {
        "institution": institution,
        "day": today(),
        "may_edit": may_edit and institution.on_register,
        "standing": [each for each in licences if each.withdrawn_at is None],
        "former": [(each, _corrected(each)) for each in licences if each.withdrawn_at is not None],
    }
    return render(request, "institutions/licences.html", context)


def _corrected(licence: Licence) -> list[Said]:
    """What the row that replaces this one says otherwise; nothing when none does."""
    instead = getattr(licence, "replaced_by", None)
    if instead is None:
        return []
    labels = {field.name: str(field.verbose_name) for field in Licence._meta.concrete_fields}
    said = [(name, *(licence_in_words(name, getattr(row, name)) for row in (licence, instead))) for name in STATED]
    return [(labels[name], before, after) for name, before, after in said if before != after]


def new_licence(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """新增证照."""
    institution = editable(request, pk)
    form = LicenceForm(request.POST or None)

    def act() -> None:
        actions.add_licence(institution, by=request.user, columns=form.columns(), shared=form.cleaned_data["shared"])

    return _asked(request, institution, form, act, _("新增证照"), _("已登记证照。"))


def correct_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """更正证照: a wrong number or day, with a reason."""
    institution = editable(request, pk)
    found = get_object_or_404(_on_file(request, institution), pk=licence)
    form = CorrectLicenceForm(request.POST or None, instance=found)
    warning = _("用于原来登记有误：原登记连同原因留在历史中，更正以前的统计不变。换发、续期的请新增，不要更正。")

    def act(version: int) -> None:
        stated = {name: form.cleaned_data[name] for name in ("reason", "shared")}
        actions.correct_licence(found, by=request.user, version=version, columns=form.columns(), **stated)

    return _asked_of(request, found, form, act, _("更正证照"), _("已更正。"), note=warning)


def end_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """提前终止: the last day of validity is brought forward, with a reason."""
    institution = editable(request, pk)
    found = get_object_or_404(_on_file(request, institution), pk=licence)
    form = EndForm(request.POST or None)

    def act(version: int) -> None:
        actions.end_licence(found, by=request.user, version=version, **form.cleaned_data)

    says = {"submit": _("提前终止")}
    return _asked_of(request, found, form, act, _("提前终止证照"), _("有效期已提前终止。"), **says)


def revoke_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """吊销或注销, from a day on."""
    institution = editable(request, pk)
    found = get_object_or_404(_on_file(request, institution), pk=licence)
    form = RevokeForm(request.POST or None, initial={"on": today()})

    def act(version: int) -> None:
        actions.revoke_licence(found, by=request.user, version=version, **form.cleaned_data)

    says = {"submit": _("吊销或注销")}
    return _asked_of(request, found, form, act, _("吊销或注销"), _("已登记吊销或注销。"), **says)


def withdraw_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """撤回证照, with a reason."""
    institution = editable(request, pk)
    found = get_object_or_404(_on_file(request, institution), pk=licence)
    form = WithdrawForm(request.POST or None)
    form.fields["reason"].label = _("撤回原因")
    warning = _("只用于登记有误：撤回后这份证照不再算数，撤回以前的统计不变。吊销或注销的不要撤回。")

    def act(version: int) -> None:
        actions.withdraw_licence(found, by=request.user, version=version, **form.cleaned_data)

    says = {"submit": _("撤回证照"), "warning": warning}
    return _asked_of(request, found, form, act, _("撤回证照"), _("证照登记已撤回。"), **says)


def _on_file(request: SignedInRequest, institution: Institution) -> QuerySet[Licence]:
    """Standing ones; and those that somebody else has corrected or withdrawn meanwhile, of which the action says so."""
    everything = institution.licences.all()
    if request.method == "POST":
        return everything
    return everything.filter(Q(withdrawn_at__isnull=True) | Q(replaced_by__isnull=False))


def _asked_of(
    request: SignedInRequest,
    licence: Licence,
    form: BaseForm | Form,
    act: Callable[[int], None],
    title: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """The same of a licence on file: what somebody else did with it meanwhile is shown, and not lost."""
    version = licence.version if request.method != "POST" else version_of(request.POST.get("version", ""))
    context |= {"about": licence, "version": version}
    try:
        return _asked(request, licence.institution, form, lambda: act(version), title, done, **context)
    except actions.StaleLicence as refusal:
        seen = licence.institution.licences.get(pk=licence.pk)
        current, changes = seen.latest(), licence_changes_since(seen, version)
        if isinstance(form, CorrectLicenceForm):
            form, changes = form.taken_over(current, changes)
        form.is_valid()
        refuse(form, refusal)
        context |= {"about": current, "version": current.version, "meanwhile": changes}
        # Who sends it again after having seen both does so knowingly, and of the row that stands now.
        match = request.resolver_match
        context["action"] = reverse(match.view_name, args=[licence.institution_id, current.pk])  # type: ignore[union-attr]
        return page(request, form, title, refusal.status, institution=licence.institution, **context)


def _asked(
    request: SignedInRequest,
    institution: Institution,
    form: BaseForm | Form,
    act: Callable[[], None],
    title: str,
    done: str,
    **context: Any,
) -> HttpResponse:
    """The form; once what was typed will do, the act, and what it refuses beside the fields."""
    if request.method != "POST" or not form.is_valid():
        return page(request, form, title, institution=institution, **context)
    try:
        act()
    except actions.StaleLicence:
        raise
    except actions.AlreadyRegistered as refusal:
        refuse(form, refusal)
        context |= {"known": refusal.institution, "confirm": [form["shared"]]}
        return page(request, form, title, refusal.status, institution=institution, **context)
    except Refusal as refusal:
        refuse(form, refusal)
        return page(request, form, title, refusal.status, institution=institution, **context)
    return saved(request, institution, done, getattr(form, "warnings", ()))

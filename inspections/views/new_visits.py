"""登记走访: one page for the whole visit, from the choice of an institution to `record_visit`."""

import uuid
from datetime import date, datetime
from functools import cached_property
from typing import IO, Any, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.errors import Invalid, Refusal
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, one_of
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections import actions, colleagues, photos
from inspections.errors import VisitConflict
from inspections.forms import (
    USUAL_DUE,
    VisitForm,
    refuse_visit,
    summary_of,
    usual_due_in_words,
    usual_terms_in_words,
)
from inspections.models import (
    GROUPS,
    FindingType,
    Rectification,
    Visit,
)
from inspections.search import institutions_matching, note_search, searched
from inspections.verifiers import costs_of_ticking
from inspections.views.receipts import say_receipt
from institutions.models import Institution
from institutions.moments import today

MOST_FOUND = 30
CHECKLIST_ORDER = "".join(GROUPS)


@asks("institution", "purpose", "q")
def new_visit(request: SignedInRequest) -> HttpResponse:
    """登记走访: choose the institution, then one page for the whole visit."""
    require(request.user, Permission.RECORD_VISIT)
    one_of("purpose", request.GET.get("purpose", ""), Visit.Purpose.values)
    if not (request.GET.get("institution") or request.POST.get("institution")):
        return _choose(request)
    institution = _institution(request)
    require(request.user, Permission.RECORD_VISIT, institution.scope_code)
    page = _VisitPage(request, institution)
    if request.method == "POST":
        page.keep_photos()
    if request.method != "POST" or page.only_asks:
        return page.show()
    if not page.form.is_valid():
        page.check_the_rest()
        return page.show(status=422)
    if not page.is_sure():
        return page.show(status=422)
    try:
        receipt = page.record()
    except VisitConflict as conflict:  # an answer that was not heard, then another attempt: the page shows both
        messages.warning(request, conflict.message)
        return redirect(conflict.kept_at)
    except Refusal as refusal:
        refuse_visit(page.form, refusal)
        return page.show(status=refusal.status)
    say_receipt(request, receipt)
    return redirect("visit", pk=receipt.id)


def _choose(request: SignedInRequest) -> HttpResponse:
    """Those of which this person may record a visit, found by words; without words those with a round open."""
    words = searched(request.GET)
    in_reach = within_prefixes("scope_code", request.user.prefixes(Permission.RECORD_VISIT))
    visible = Institution.objects.visible_to(request.user).filter(
        in_reach, merged_into__isnull=True, withdrawn_at__isnull=True
    )
    if words:
        people_in = request.user.prefixes(Permission.SEE_PERSONAL_DATA)
        found = institutions_matching(visible, words, people_in=people_in).order_by("scope_code", "name", "id")
    else:
        due = Rectification.objects.open().filter(institution=OuterRef("pk")).values("next_due_on")[:1]
        found = visible.annotate(due_on=Subquery(due)).filter(due_on__isnull=False).order_by("due_on", "name", "id")
    listed = list(found.select_related("division")[: MOST_FOUND + 1])
    prefixes = request.user.prefixes(Permission.RECORD_VISIT)
    note_search(request.user, words, where="visits-new", found=len(listed[:MOST_FOUND]), divisions=prefixes)
    context = {"words": words, "found": listed[:MOST_FOUND], "most": MOST_FOUND if len(listed) > MOST_FOUND else 0}
    return render(request, "inspections/visit_choose.html", context)


def _institution(request: SignedInRequest) -> Institution:
    """The institution asked for; what is no id reads like what is out of sight."""
    given = request.POST.get("institution") or request.GET.get("institution", "")
    try:
        pk = UUID(given)
    except ValueError as problem:
        raise Http404 from problem
    return get_object_or_404(Institution.objects.visible_to(request.user).select_related("division"), pk=pk)


class _Kept(NamedTuple):
    """A photo that is stored already, and the code of the problem it shows, or ""."""

    sha256: str
    of: str


class _VisitPage:
    """The form of one visit: what was typed, what is offered, and the way into `record_visit`."""

    def __init__(self, request: SignedInRequest, institution: Institution):
        self.request, self.institution = request, institution
        self.open_round = self._round()
        self.kept: list[_Kept] = []
        self.doubts = ""
        self.signer = Signer(salt=f"kept photos of {request.user.pk}")
        typed = (request.POST, request.FILES) if request.method == "POST" else ()
        asked = {"id": uuid.uuid4(), "inspectors": [request.user.username]}
        if request.GET.get("purpose") in Visit.Purpose.values:
            asked["purpose"] = request.GET["purpose"]
        elif self.open_round is not None:
            asked["purpose"] = Visit.Purpose.RECHECK
        elif institution.surveyed_on is None:
            asked["purpose"] = Visit.Purpose.SURVEY
        self.form = VisitForm(*typed, initial=asked, institution=institution, open_round=self.open_round)
        self.chosen = request.POST.getlist("inspectors") if typed else [request.user.username]

    def _round(self) -> Rectification | None:
        """The round the page was opened with, whatever has become of it since; without one the round that is open."""
        rounds = self.institution.rectifications.select_related("institution")
        try:
            opened_with = rounds.filter(pk=UUID(self.request.POST.get("round", ""))).first()
        except ValueError:
            opened_with = None
        return opened_with or rounds.open().first()

    @property
    def only_asks(self) -> bool:
        """For the checklist of another day, or for colleagues: nothing is handed in yet."""
        return "refresh" in self.request.POST or "find" in self.request.POST

    @property
    def on(self) -> date:
        """The day whose checklist is shown."""
        return day_typed(self.request.POST.get("happened_at", ""))

    def keep_photos(self) -> None:
        """Photos of an attempt before and those just sent, on stable storage whatever becomes of the rest of the form.

        What is no usable picture is named beside the field. A kept photo is named by a signature made for who sent it:
        nobody comes to see a photo by its hash alone.
        """
        for signed in self.request.POST.getlist("kept_photos"):
            try:
                sha256 = self.signer.unsign(signed)
            except BadSignature:
                continue
            if photos.is_stored(sha256):
                self.kept.append(_Kept(sha256, self._code(self.request.POST.get(f"of_{signed}", ""))))
        if self.only_asks:
            self.form.errors.clear()  # nothing was handed in yet: only what happens to the photos is said
        of = self.request.POST.getlist("photo_of")  # one for each file, where a script could ask
        for index, file in enumerate(self.request.FILES.getlist("photos")):
            data = cast(IO[bytes], file.file)
            sha256 = photos.sha256_of_file(data)
            try:
                photos.store_photo(sha256, data)
            except Invalid as refusal:
                self.form.add_error("photos", f"{file.name}{_('：')}{refusal.message}")
            else:
                self.kept.append(_Kept(sha256, self._code(of[index] if index < len(of) else "")))

    def _code(self, given: str) -> str:
        """The code of a problem of the round that a photo shows as it is now; "" for the whole place."""
        return given if given in self.of_round else ""

    @cached_property
    def of_round(self) -> dict[str, str]:
        """Problems of the round: code -> what it is called."""
        if self.open_round is None:
            return {}
        found = self.open_round.findings.select_related("type").order_by("type")
        return {each.type_id: str(each.type) for each in found}

    def record(self) -> actions.Receipt:
        """The visit as typed. Raises Refusal."""
        return actions.record_visit(self._sent(), by=self.request.user, shown=[each.sha256 for each in self.kept])

    def is_sure(self) -> bool:
        """Nothing is in doubt about the days of the visit, or what is was ticked; what is refused is said first."""
        doubts = actions.doubts_about(self._sent(), today())
        if not doubts or self.form.cleaned_data["sure"] == "".join(doubts):
            return True
        self.check_the_rest()
        if not self.form.errors:
            self.doubts = "".join(doubts)
            self.form.add_error("sure", doubts)
        return False

    def check_the_rest(self) -> None:
        """What the rules refuse in a form that cannot be read in full: one answer says everything."""
        if not {"purpose", "result", "happened_at", "inspectors", "findings"} <= self.form.cleaned_data.keys():
            return
        try:
            actions.check_visit(self._sent().sent_by(self.request.user), self.request.user, timezone.now())
        except Refusal as refusal:
            refuse_visit(self.form, refusal)

    def _sent(self) -> actions.SentVisit:
        """What was typed, as a visit that is sent; what could not be read is left out."""
        typed: dict[str, Any] = dict.fromkeys(self.form.fields) | self.form.cleaned_data
        position = None
        if typed["longitude"] is not None and typed["latitude"] is not None:
            position = actions.Position(typed["longitude"], typed["latitude"], typed["accuracy_m"])
        submits = None
        if typed["submit_round"] and typed["outcome"] and self.open_round is not None:
            submits = actions.Submission(
                self.open_round.pk, typed["outcome"], typed["put_right"] or (), typed.get("registered_scope") or ""
            )
        photos_ = (
            actions.NewPhoto(each.sha256, slot, typed["happened_at"], finding=each.of or None)
            for slot, each in enumerate(self.kept, 1)
        )
        return actions.SentVisit(
            id=typed["id"],
            institution=self.institution,
            purpose=typed["purpose"],
            result=typed["result"],
            happened_at=typed["happened_at"],
            inspectors=tuple(typed["inspectors"]),
            position=position,
            findings=tuple(typed["findings"]),
            order=actions.NewOrder(typed["due_on"]) if typed["order"] else None,
            submits=submits,
            photos=tuple(photos_),
            note=typed["note"] or "",
            licence_status=typed["licence_status"] or "",
            put_right=() if submits else typed["put_right"] or (),
        )

    def _colleagues(self) -> dict[str, Any]:
        """Whom the form offers: who was ticked, who is near, and who was searched for, each once."""
        scope_code, words = self.institution.scope_code, ""
        if "find" in self.request.POST:
            words = self.request.POST.get("more_inspectors", "")
        offered, more = colleagues.suggested(scope_code, self.on, chosen=self.chosen)
        known = {user.pk for user in offered}
        found = [user for user in colleagues.found(scope_code, self.on, words) if user.pk not in known] if words else []
        costs = costs_of_ticking(self.open_round, today())
        boxes = [
            (user.username, str(user), user.username in self.chosen, costs.get(user.username, ""))
            for user in [*offered, *found]
        ]
        return {"inspectors": boxes, "more_colleagues": more, "searched": words, "nobody_found": words and not found}

    def show(self, status: int = 200) -> HttpResponse:
        ticked = self.request.POST.getlist("put_right")
        round_findings = self.open_round.findings.select_related("type") if self.open_round else []
        context = {
            "form": self.form,
            "institution": self.institution,
            "open_round": self.open_round,
            "round_findings": [(each, str(each.pk) in ticked) for each in round_findings],
            "checklist": (checklist := self._checklist()),
            "on": self.on,
            "usual_due": usual_due_in_words((item for item, _in_force, chosen, _note in checklist if chosen), self.on),
            "usual_due_said": str(USUAL_DUE) % {"severity": "{severity}", "due": "{due}"},
            "usual_terms": usual_terms_in_words(),
            "term_days": settings.RECTIFICATION_TERM_DAYS,
            "doubts": self.doubts,
            **self._colleagues(),
            "errors": summary_of(self.form) if self.form.is_bound else [],
            "of_round": self.of_round.items(),
            "kept_photos": [
                (self.signer.sign(each.sha256), photos.preview(each.sha256), each.of) for each in self.kept
            ],
        }
        return render(self.request, "inspections/visit_new.html", context, status=status)

    def _checklist(self) -> list[tuple[FindingType, bool, bool, str]]:
        """(item, in force on the day, ticked, note) as one walks; what is ticked stays though it is not in force."""
        post = self.request.POST
        chosen = set(post.getlist("findings"))
        catalogue = FindingType.objects.offered_in(self.institution.scope_code)
        in_force = {item.code for item in catalogue.in_force_on(self.on)}
        listed = [item for item in catalogue if item.code in in_force | chosen]
        listed.sort(key=lambda item: (CHECKLIST_ORDER.find(item.code[:1]), item.code))
        return [
            (item, item.code in in_force, item.code in chosen, post.get(f"note_{item.code}", "")) for item in listed
        ]


def day_typed(text: str) -> date:
    """The day of a moment that is being typed, as the field for date and time has it; today while it is none."""
    parsed = _moment_typed(text)
    return min(parsed.date(), today()) if parsed else today()


def _moment_typed(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@require_GET
@asks("q", "on")
def find_colleagues(request: SignedInRequest, pk: UUID) -> JsonResponse:
    """Who may be named at a visit to the institution on a day (`on`, today) and is called so, for those who may record
    one there."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.RECORD_VISIT, institution.scope_code)
    typed = request.GET.get("on", "")
    if typed and _moment_typed(typed) is None:
        raise Invalid({"on": [_("“%(given)s”不是日期，例：2018-12-31。") % {"given": typed[:40]}]})
    on = day_typed(typed)
    found = colleagues.found(institution.scope_code, on, searched(request.GET))
    costs = costs_of_ticking(institution.rectifications.open().first(), today()) if found else {}
    listed = [{"username": user.username, "name": str(user), "costs": costs.get(user.username, "")} for user in found]
    return JsonResponse({"found": listed})

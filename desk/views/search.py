from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from figures.unseen import status_then
from inspections.models import Rectification
from inspections.search import institutions_matching, note_search, rounds_numbered, searched
from institutions.imports.cells import text
from institutions.merges import merged_names
from institutions.models import Institution, Name
from institutions.moments import Moment

MOST_FOUND = 30  # of each kind: who sees so many asks for more


@require_GET
@asks("q")
def search(request: SignedInRequest) -> HttpResponse:
    """查找: institutions and rounds that answer to what somebody was told, a telephone number or a notice's, say."""
    user, words = request.user, searched(request.GET)
    institutions, rounds = (_institutions(user, words), _rounds(user, words)) if words else ([], [])
    listed, numbered = institutions[:MOST_FOUND], rounds[:MOST_FOUND]
    found = len(listed) + len(numbered)
    note_search(user, words, where="search", found=found, divisions=user.prefixes())
    return render(
        request,
        "desk/search.html",
        {
            "words": words,
            "institutions": listed,
            "rounds": numbered,
            "most": MOST_FOUND,
            "more_institutions": len(institutions) > MOST_FOUND,
            "more_rounds": len(rounds) > MOST_FOUND,
            "may_see_people": has_permission(user, Permission.SEE_PERSONAL_DATA),
        },
    )


def _institutions(user: User, words: str) -> list[Institution]:
    """Also those that were merged or withdrawn: a complaint may come with what only they are known by."""
    people_in = user.prefixes(Permission.SEE_PERSONAL_DATA)
    visible = Institution.objects.visible_to(user)
    found = institutions_matching(visible, words, people_in=people_in, merged_in=user.prefixes(Permission.SEE))
    order = [*found.order_by("scope_code", "name", "id").values_list("pk", flat=True)[: MOST_FOUND + 1]]
    now = Moment.of()
    found = Institution.objects.filter(pk__in=order).annotate(stands_as=status_then(now))
    listed = found.select_related("division")
    names, merged = _former_names(listed), merged_names(listed, visible)
    for each in listed:
        each.merged_names = merged.get(each.pk, [])  # type: ignore[attr-defined]
        each.former = names.get(each.pk, [])  # type: ignore[attr-defined]
        each.may_be_visited = has_permission(user, Permission.RECORD_VISIT, each.scope_code)  # type: ignore[attr-defined]
        each.called = _called(each, user, words)  # type: ignore[attr-defined]
    return sorted(listed, key=lambda each: order.index(each.pk))


def _called(institution: Institution, user: User, words: str) -> str:
    """The principal, masked for everybody as in lists: who reads it in the file is in the audit trail. Written out is
    what was typed in full by somebody who may see it: the row of the search tells it."""
    typed = institution.principal in text(words).split()
    may_see = typed and has_permission(user, Permission.SEE_PERSONAL_DATA, institution.scope_code)
    return institution.principal if may_see else institution.masked_principal


def _former_names(institutions: QuerySet[Institution]) -> dict[object, list[str]]:
    names: dict[object, list[str]] = {}
    present = {each.pk: each.name for each in institutions}
    for row in Name.objects.filter(institution__in=present, withdrawn_at__isnull=True).order_by("from_on", "pk"):
        if row.name != present[row.institution_id] and row.name not in names.setdefault(row.institution_id, []):
            names[row.institution_id].append(row.name)
    return names


def _rounds(user: User, words: str) -> list[Rectification]:
    found = rounds_numbered(Rectification.objects.visible_to(user), words).select_related("institution__division")
    return list(found.prefetch_related("notices").order_by("-ordered_on", "number")[: MOST_FOUND + 1])

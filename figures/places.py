"""Where figures are of: one division, or several together, as all those that somebody sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Subquery
from django.utils.translation import gettext as _

from accounts.errors import UnknownDivision
from accounts.models import User
from accounts.scope import common_prefix, outermost
from institutions.models import ON_REGISTER, Division, Institution, scope_code_of
from institutions.moments import Moment
from institutions.past import as_called

ALL = "all"  # stands in a question for every division that the asker sees
CHILD_DIGITS = {2: 4, 4: 6, 6: 9, 9: 12}
COUNTY_DIGITS = 6
Divisions = str | Sequence[str]  # a division's code, or the codes of several that do not lie in one another


def unknown_division(code: str) -> UnknownDivision:
    return UnknownDivision(_("没有代码为“%(code)s”的行政区划。") % {"code": code})


def in_none_below(name: str) -> str:
    """What is called so that lies in a division and in none of its children."""
    return _("%(name)s（未分到下级）") % {"name": name}


def codes_of(divisions: Divisions) -> list[str]:
    return [divisions] if isinstance(divisions, str) else list(divisions)


@dataclass(frozen=True)
class Where:
    """A division by its name of the day, or several under one name; `code` is ALL for several."""

    code: str
    name: str
    codes: Sequence[str]

    @classmethod
    def of(cls, divisions: Divisions, moment: Moment) -> "Where":
        """Raises UnknownDivision for a code that is not on file."""
        codes = codes_of(divisions)
        if len(codes) > 1:
            return cls(ALL, str(_("全部辖区")), codes)
        code = codes[0] if codes else ""
        division = Division.objects.filter(pk=code).first()
        if division is None:
            raise unknown_division(code)
        return cls(code, as_called([division], moment)[0].name, codes)

    @property
    def part_digits(self) -> int:
        """How many digits of a scope code tell in which part of it an institution lies."""
        return CHILD_DIGITS.get(len(self.code), len(self.code)) if self._alone else max(map(len, self.codes))

    @property
    def _alone(self) -> bool:
        return len(self.codes) == 1

    def part_of(self, code: str) -> str:
        """The code of the part that is meant by the first `part_digits` of a scope code."""
        return code if self._alone else next(each for each in self.codes if code.startswith(each))

    def parts(self, held: Iterable[str], moment: Moment) -> dict[str, str]:
        """The names of its parts by code: of several divisions each of them; of one those below it.

        Below: every child in force then, also one with nothing in it, those that `held` any, and what lies in
        the division but in none of its children; by the names of the day.
        """
        if not self._alone:
            names = {each.code: each.name for each in as_called(Division.objects.filter(pk__in=self.codes), moment)}
            return {code: names.get(code, code) for code in self.codes}
        children = Division.objects.children_of(self.code)
        listed = children.in_force_at(moment) | children.filter(pk__in=held)
        names = {each.code: each.name for each in as_called(listed, moment)}
        unplaced = scope_code_of(self.code)[: self.part_digits]
        return names | {
            code: in_none_below(self.name) if code == unplaced else code for code in sorted(held) if code not in names
        }


def all_seen(user: User) -> list[str]:
    """The codes of every division that somebody sees, none in another."""
    return outermost(user.prefixes())


def first_to_see(user: User) -> str:
    """Where somebody starts: the division of theirs, or the one below it, that holds all there is to see; else ALL.

    A province's leader whose institutions all lie in one county starts in that county, not at a table with one row.
    Nobody is led below a county; with nothing to see somebody starts at their own.
    """
    own = all_seen(user)
    if len(own) == 1 and len(own[0]) >= COUNTY_DIGITS:
        return own[0]
    shared = common_prefix(_edges(own))
    holding = next((code for code in own if shared.startswith(code)), "")
    if not holding:
        return own[0] if len(own) == 1 else ALL
    below = [shared[:digits] for digits in CHILD_DIGITS if len(holding) < digits <= min(len(shared), COUNTY_DIGITS)]
    on_file = Division.objects.filter(pk__in=below).order_by("code").values_list("pk", flat=True).last()
    return on_file or holding


def _edges(own: Sequence[str]) -> list[str]:
    """The first and the last scope code that an institution on the register has in the divisions: two steps into an
    index."""
    here = Institution.objects.in_divisions(own).filter(ON_REGISTER)
    last = here.order_by("-scope_code").values("scope_code")[:1]
    found = here.order_by("scope_code").annotate(last=Subquery(last)).values_list("scope_code", "last")[:1]
    return [code for codes in found for code in codes]

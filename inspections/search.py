"""Search: what a complaint arrives with finds the institution. One meaning, on every page and door that has a field.

Every word of a search has to be answered by one of these: a name, present or former, a signboard, an address, the name,
signboard or code of what was merged into it; with
four digits or more also a credit code, a permit or registration, the number of a notice; and, only where the asker may
see people, the principal or a telephone number. A search that answered to what is masked would give it away.

Numbers are taken as people write them: full-width digits, 〔2018〕 or [2018], with or without 教民 and 号, telephone
numbers with spaces, dashes or +86, or their last four digits.

Everything is asked of the rows in scope: what hangs on an institution is reached from it by index, so that a county's
search reads a county.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Replace
from django.db.models.lookups import Contains, IContains
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import in_any_form
from accounts.models import User
from accounts.scope import within_prefixes
from inspections.models import Notice, RectificationQuerySet
from institutions.imports import cells
from institutions.models import InstitutionQuerySet, Licence, Merge, Name, Place, not_withdrawn
from institutions.moments import Moment

MOST_WORDS, MOST_CHARACTERS = 8, 100
FEWEST_DIGITS = 4  # of a number, or of the end of one; fewer stand in every second address
WHOLE_PHONE = 7  # digits: a part this long may stand anywhere in a number, a shorter one at its end

_DASHES = re.compile(r"(?<=\d)\s*[‐‑‒–—―−─]\s*(?=\d)")
_YEAR = re.compile(r"\s*[\[(【〔]\s*((?:19|20)\d\d)\s*[\])】〕]\s*")
_APART = re.compile(r"(?<=教民)\s+(?=\d)|(?<=\d)\s+(?=号)")
_AS_NAMED = str.maketrans("〔〕", "()")  # brackets as names and addresses are kept
_PIECE = re.compile(r"[0-9A-Za-z()+-]+")
_CALLING_CODE = re.compile(r"^(?:00)?86(?=1\d{10}$|0\d{9,11}$)")
_WITHOUT_ZERO = re.compile(r"^(?:00)?86(?=[1-9]\d{8,10}$)")  # a landline from abroad: +86-577-62550000
_AREA_CODE = re.compile(r"^0(?:10|2\d|[3-9]\d\d)(?=\d{7,8}$)")


@dataclass(frozen=True)
class Word:
    """One thing searched for, in the ways it may be meant; "" for a way in which it cannot be."""

    text: str
    number: str = ""  # of a notice
    licence: str = ""  # of a permit or registration: without 教民 and 号
    code: str = ""  # a credit code or a part of one
    phone: str = ""  # digits
    local: str = ""  # a landline's digits without the area code


def searched(query: Mapping[str, str]) -> str:
    """`q` of a page that has no other conditions. Raises Invalid for what no search takes."""
    words = query.get("q", "").strip()
    try:
        check_words(words)
    except ValueError as problem:
        raise Invalid({"q": [str(problem)]}) from problem
    return words


def check_words(words: str) -> None:
    """Raise ValueError with a sentence for more than one search takes, and for an ID-card number: none is on file, and
    a search is kept in the audit trail."""
    if len(words) > MOST_CHARACTERS:
        raise ValueError(_("查找的内容最长 %(most)s 个字。") % {"most": MOST_CHARACTERS})
    if len(words.split()) > MOST_WORDS:
        raise ValueError(_("一次最多查找 %(most)s 个词。") % {"most": MOST_WORDS})
    others = " ".join(piece for piece in cells.text(words).split() if not _is_credit_code(piece))
    if in_any_form(others):
        raise ValueError(
            _(
                "请不要用身份证号码查找：系统不登记身份证号码，查找的内容会留在审计记录中。办学许可证号请连“教民”二字一起输入。"
            )
        )


def _is_credit_code(piece: str) -> bool:
    try:
        return cells.credit_code(piece)[1] == ""
    except cells.BadCell:
        return False


def institutions_matching(
    found: InstitutionQuerySet,
    words: str,
    *,
    people_in: Iterable[str] = (),
    merged_in: Iterable[str] = (),
    moment: Moment | None = None,
) -> InstitutionQuerySet:
    """Those of `found` that answer to every word. People are searched in the divisions of `people_in`, what was merged
    into them in those of `merged_in`.

    With a moment names, places, licences and notices are those known at it.
    """
    search = _Search("", OuterRef("pk"), list(people_in), list(merged_in), moment)
    for meant in _read(words):
        found = found.filter(_either(meant, search.answers))
    return found


def rounds_matching(
    rounds: RectificationQuerySet,
    words: str,
    *,
    people_in: Iterable[str] = (),
    merged_in: Iterable[str] = (),
    moment: Moment | None = None,
) -> RectificationQuerySet:
    """The same for rounds: each word is answered by the institution or by the number of one of the round's notices."""
    search = _Search("institution__", OuterRef("institution"), list(people_in), list(merged_in), moment)
    for meant in _read(words):
        rounds = rounds.filter(_either(meant, search.answers))
    return rounds


def rounds_numbered(rounds: RectificationQuerySet, words: str) -> RectificationQuerySet:
    """The rounds with a notice whose number answers to every word; none for words that are no number."""
    search = _Search("institution__", OuterRef("institution"), [], [], None)
    for meant in _read(words):
        rounds = rounds.filter(_either(meant, search.number))
    return rounds if words.split() else rounds.none()


def note_search(user: User, words: str, *, where: str, found: int, divisions: Iterable[str]) -> None:
    """Leave in the audit trail that somebody searched, at which door, among which divisions and how many were shown."""
    audit.searched(by=user, words=words, where=where, found=found, divisions=divisions)


@dataclass(frozen=True)
class _Search:
    """What a word may be answered by, asked over institutions or over what has one: `path` leads to it, `pk` is it."""

    path: str
    pk: OuterRef
    people_in: list[str]
    merged_in: list[str]
    moment: Moment | None

    def answers(self, word: Word) -> Q:
        return self._named(word.text) | self._merged(word) | self._people(word) | self._coded(word) | self.number(word)

    def number(self, word: Word) -> Q:
        """A round's own notices; of an institution, those of all its rounds."""
        if not word.number:
            return _NOBODY
        notices = Notice.objects.filter(number__icontains=word.number)
        if self.moment is not None:
            notices = notices.known_at(self.moment)
        if self.path:
            return Q(number__icontains=word.number) | Q(Exists(notices.filter(rectification=OuterRef("pk"))))
        return Q(Exists(notices.filter(rectification__institution=self.pk)))

    def _named(self, text: str) -> Q:
        names = Name.objects.filter(self._known(), institution=self.pk, name__icontains=text)
        places = Place.objects.filter(self._known(), institution=self.pk, operating_address__icontains=text)
        return (
            self._has(renamed=False, name__icontains=text)
            | self._has(Exists(names), renamed=True)
            | self._has(moved=False, operating_address__icontains=text)
            | self._has(Exists(places), moved=True)
            | self._has(signboard_name__icontains=text)
            | self._has(registered_address__icontains=text)
        )

    def _merged(self, word: Word) -> Q:
        """What was merged into it was called so."""
        merges = Merge.objects.standing() if self.moment is None else Merge.objects.known_at(self.moment.known_at)
        names = Name.objects.filter(self._known(), institution=OuterRef("merged"), name__icontains=word.text)
        called = Q(merged__renamed=False, merged__name__icontains=word.text) | Q(Exists(names), merged__renamed=True)
        called |= Q(merged__signboard_name__icontains=word.text)
        if word.code:
            called |= Q(merged__credit_code__icontains=word.code)
        seen = within_prefixes("merged__scope_code", self.merged_in)
        return self._has(Exists(merges.filter(seen, called, into=self.pk)), has_merges=True)

    def _people(self, word: Word) -> Q:
        found = self._has(principal__icontains=word.text)
        if word.phone:
            found |= self._phoned(word)
        return within_prefixes(f"{self.path}scope_code", self.people_in) & found

    def _phoned(self, word: Word) -> Q:
        """Digits are compared: what else is written in a number, and between several (、), is left aside."""
        digits: Any = F(f"{self.path}phone")
        for sign in "- ":
            digits = Replace(digits, Value(sign), Value(""))
        if len(word.phone) < WHOLE_PHONE:
            return Q(Contains(Concat(digits, Value("、")), f"{word.phone}、"))
        found = Q(Contains(digits, word.phone))
        if word.local:
            found |= Q(Contains(Concat(Value("、"), digits, Value("、")), f"、{word.local}、"))
        return found

    def _coded(self, word: Word) -> Q:
        found = self._has(credit_code__icontains=word.code) if word.code else _NOBODY
        if word.licence:
            licences = Licence.objects.filter(self._known(), institution=self.pk)
            found |= Q(Exists(licences.filter(IContains(Replace(F("number"), Value(" "), Value("")), word.licence))))
        return found

    def _known(self) -> Q:
        """On file; with a moment, as known at it."""
        if self.moment is None:
            return Q(withdrawn_at__isnull=True)
        return not_withdrawn(self.moment) & Q(recorded_at__lte=self.moment.known_at)

    def _has(self, *conditions: Any, **columns: Any) -> Q:
        """Of the institution."""
        return Q(*conditions, **{f"{self.path}{name}": value for name, value in columns.items()})


_NOBODY = Q(pk__in=[])
Meant = list[list[Word]]  # either all the words of one list are answered, or all those of another


def _either(meant: Meant, answers: Any) -> Q:
    found = _NOBODY
    for words in meant:
        every = Q()
        for word in words:
            every &= answers(word)
        found |= every
    return found


def _read(words: str) -> list[Meant]:
    """The words of a search. Pieces of digits and letters side by side may be one number written with spaces."""
    pieces = _APART.sub("", _YEAR.sub(r"〔\1〕", _DASHES.sub("-", cells.text(words)))).split()
    meant: list[Meant] = []
    while pieces:
        run = [pieces.pop(0)]
        while _is_piece(run[0]) and pieces and _is_piece(pieces[0]):
            run.append(pieces.pop(0))
        apart = [_word(piece) for piece in run]
        meant.append([apart, [_word("".join(run))]] if len(run) > 1 else [apart])
    return meant


def _is_piece(piece: str) -> bool:
    return _PIECE.fullmatch(piece) is not None


def _word(text: str) -> Word:
    plain = re.sub(r"[()+-]", "", text)
    as_named = text.translate(_AS_NAMED)
    if sum(sign.isdigit() for sign in text) < FEWEST_DIGITS:
        return Word(as_named, code=plain if re.fullmatch(r"[0-9A-Za-z]{6,18}", plain) else "")
    phone = _WITHOUT_ZERO.sub("0", _CALLING_CODE.sub("", plain)) if plain.isascii() and plain.isdigit() else ""
    return Word(
        as_named,
        number=text,
        licence=re.sub(r"^教民|号$", "", text),
        code=plain if re.fullmatch(r"[0-9A-Za-z]{4,18}", plain) else "",
        phone=phone,
        local=_AREA_CODE.sub("", phone) if _AREA_CODE.match(phone) else "",
    )

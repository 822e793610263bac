"""Where analysts meet the data: typed DataFrames of a division as of a day, as known at a moment.

    tables = Frames.of("330382", Moment.of(date(2018, 12, 31)))
    tables.institutions["rectified"].sum()  # the figure itself

The tables and their columns are in frame_tables.py, three questions answered with them in docs/analysis.md, the files
made of them in frame_files.py (`manage.py export_tables`). What is not stated is empty (NA, NaN, NaT).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from accounts.models import User
from accounts.roles import Permission
from figures.frame_tables import TABLES, Kind, Table
from figures.places import Divisions, all_seen, codes_of, unknown_division
from figures.statistics import population
from institutions.models import Division, Institution, InstitutionQuerySet
from institutions.moments import Moment

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 5_000  # rows that are in memory as Python objects at a time
DTYPES: dict[Kind, str] = {
    "text": "string",
    "word": "category",
    "whole": "Int64",
    "number": "float64",
    "day": "datetime64[us]",
    "moment": f"datetime64[us, {settings.TIME_ZONE}]",
    "yes": "bool",
}
_HERE = "scope code of today"  # read beside personal data: where an institution lies today decides who may see it


@dataclass(frozen=True)
class Frames:
    """The tables of one question: of these registrations, as of a day, as known at a moment. Each is read when asked.

    `people_in` are the divisions in which personal data may be seen, by where an institution lies today; elsewhere
    it is left out.
    """

    here: InstitutionQuerySet
    moment: Moment
    people_in: Sequence[str] = ()

    @classmethod
    def of(cls, divisions: Divisions | None, moment: Moment, *, user: User | None = None) -> "Frames":
        """Of a division (or several that do not lie in one another) on the day; for None of all there is to see.

        A user's tables have what the user may see, personal data where that may be seen. Without a user, when nobody
        is signed in, they have everything but personal data. Raises UnknownDivision for a division that is not on file
        or out of the user's sight.
        """
        everyone = Institution.objects.all()
        if user is None:
            if divisions is None:
                return cls(everyone, moment)
            _check(codes_of(divisions), [""])
            return cls(population(divisions, moment), moment)
        seen = all_seen(user)
        codes = seen if divisions is None else codes_of(divisions)
        _check(codes, seen)
        here = population(codes, moment, everyone.visible_to(user))
        return cls(here, moment, user.prefixes(Permission.SEE_PERSONAL_DATA))

    @property
    def institutions(self) -> "pd.DataFrame":
        return self.frame("institutions")

    @property
    def visits(self) -> "pd.DataFrame":
        return self.frame("visits")

    @property
    def findings(self) -> "pd.DataFrame":
        return self.frame("findings")

    @property
    def rounds(self) -> "pd.DataFrame":
        return self.frame("rounds")

    @property
    def licences(self) -> "pd.DataFrame":
        return self.frame("licences")

    def frame(self, name: str) -> "pd.DataFrame":
        """A whole table, in the order of its ids."""
        import pandas as pd

        return pd.concat(self.chunks(name), ignore_index=True)

    def chunks(self, name: str) -> Iterator["pd.DataFrame"]:
        """A table in pieces of at most CHUNK rows, each typed; at least one, which is empty when the table is."""
        table = TABLES[name]
        sources = {each.name: each.source for each in table.columns if each.source is not None}
        kinds = {each.name: (each.kind, each.known_words) for each in table.columns}
        if any(each.personal for each in table.columns):
            sources[_HERE], kinds[_HERE] = "scope_code", ("text", [])
        asked = [models.F(each) if isinstance(each, str) else each(self.moment) for each in sources.values()]
        rows = table.rows(self.here, self.moment).order_by("pk").values_list(*asked)
        for values in _read(rows, len(sources)):
            yield self._finished(table, _typed_columns({each: kinds[each] for each in sources}, values))

    def count(self, name: str) -> int:
        """How many rows a table has, without reading them."""
        return TABLES[name].rows(self.here, self.moment).count()

    def _finished(self, table: Table, frame: "pd.DataFrame") -> "pd.DataFrame":
        table.finish(frame, self.moment)
        if _HERE in frame:
            shown = frame[_HERE].str.startswith(tuple(self.people_in)).astype("bool")
            for column in (each.name for each in table.columns if each.personal):
                frame[column] = frame[column].where(shown)
        return frame[[each.name for each in table.columns]]


def _check(codes: Sequence[str], seen: Sequence[str]) -> None:
    """Raise UnknownDivision for the first division that is not on file, or lies in none of `seen`."""
    on_file = set(Division.objects.filter(pk__in=codes).values_list("pk", flat=True))
    for code in codes:
        if code not in on_file or not code.startswith(tuple(seen)):
            raise unknown_division(code)


# --- Tables as they are kept

PERSONAL = [each.name for table in TABLES.values() for each in table.columns if each.personal]
_KINDS: list[tuple[type[Any], Kind | None]] = [
    (models.TextField, None),
    (models.JSONField, None),
    (models.DateTimeField, "moment"),
    (models.DateField, "day"),
    (models.BooleanField, "yes"),
    (models.IntegerField, "whole"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
]


def as_kept(model: type[models.Model]) -> "pd.DataFrame":
    """Every row of a table as it is kept, with both clocks, what was withdrawn among them, under no condition: for who
    counts for themselves, as tests/recount.py does. Without long texts, and without what is of a person."""
    import pandas as pd

    fields = {each.attname: _kind_of(each) for each in model._meta.concrete_fields if each.name not in PERSONAL}
    kinds: dict[str, tuple[Kind, list[str]]] = {name: (kind, []) for name, kind in fields.items() if kind is not None}
    rows = model._default_manager.order_by("pk").values_list(*kinds)
    return pd.concat((_typed_columns(kinds, values) for values in _read(rows, len(kinds))), ignore_index=True)


def _kind_of(field: "models.Field[Any, Any]") -> Kind | None:
    """The type of a field's column; None for one that is left out."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return next((kind for of, kind in _KINDS if isinstance(target, of)), "text")


# --- Rows as typed columns


def _read(rows: "models.QuerySet[Any, Any]", width: int) -> Iterator[list[Sequence[Any]]]:
    """The values of each column, CHUNK rows at a time; without any row, once of none."""
    each_one = rows.iterator(chunk_size=CHUNK)
    chunk = list(islice(each_one, CHUNK))
    yield list(zip(*chunk, strict=True)) if chunk else [()] * width
    while chunk := list(islice(each_one, CHUNK)):
        yield list(zip(*chunk, strict=True))


def _typed_columns(kinds: dict[str, tuple[Kind, list[str]]], values: list[Sequence[Any]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({name: _typed(*kinds[name], said) for name, said in zip(kinds, values, strict=True)})


def _typed(kind: Kind, words: Sequence[str], values: Sequence[Any]) -> Any:
    """The values as an array of the kind. Raises ValueError for a word that is none of the words: it would be lost."""
    import pandas as pd

    dtype: Any = DTYPES[kind]
    if kind == "text":
        return pd.array([None if each in (None, "") else str(each) for each in values], dtype=dtype)
    if kind == "word":
        if unknown := set(values) - {*words, None, ""}:
            raise ValueError(f"not among {list(words)}: {sorted(unknown)}")
        return pd.Categorical([each or None for each in values], categories=list[Any](words))
    if kind in ("day", "moment"):
        said = pd.to_datetime(pd.Series(values, dtype="object"), utc=kind == "moment").dt.as_unit("us")
        return said.dt.tz_convert(settings.TIME_ZONE) if kind == "moment" else said
    return pd.Series(values, dtype=dtype)

"""What a person changes of a plan before it is imported: answers, cells, decisions, sheets and columns.

Pages and API come through here. Everything is kept append-only; `settled` plans a short register again at once, of a
long one the plan says how much it has not taken in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.errors import Invalid, Refusal, enumerated
from accounts.id_numbers import check_texts
from accounts.models import User
from institutions.actions import decide_duplicate
from institutions.imports import cells, fixes, headers, refusals
from institutions.imports.deciding import READ
from institutions.imports.files import NotReady, answer_questions, answers_to
from institutions.imports.questions import IGNORE, KEEP, LEAVE_OUT
from institutions.imports.runs import ask_for, is_long
from institutions.imports.stored import Line, Reading
from institutions.models import CellFix, DuplicateDecision, ImportRun, Institution, RegisterFile

Answer = DuplicateDecision.Answer


@dataclass(frozen=True)
class Cell:
    """A cell of a row of a plan, where it stands and what it says there."""

    address: str
    key: str  # what its column is taken as
    value: str
    heading_of: str = ""  # of a heading what its column is taken as, `ignore` where it is not


def check_open(file: RegisterFile) -> None:
    """Raise NotReady (409) for a file that is imported, or is being: nothing about it is changed then."""
    if file.batches.imported().exists():
        raise NotReady(str(refusals.IMPORTED_AND_CLOSED))
    if file.runs.unfinished().exists():
        raise NotReady(str(refusals.RUN_UNDER_WAY))


def settled(file: RegisterFile, *, by: User) -> bool:
    """Plan again what was changed, when that takes no longer than a page; whether it was."""
    if is_long(bytes(file.content)):
        return False
    ask_for(file, ImportRun.Act.PLAN, by=by)
    return True


# --- Answers


def answer(file: RegisterFile, plan: Reading, answers: Mapping[str, str], *, by: User) -> bool:
    """Keep those answers that are news; whether there were any. Raises NotReady (409), Invalid (422) for an ID-card
    number in an answer, or in the key of a question that nobody asked."""
    check_open(file)
    asked = {question["key"] for question in plan.head["questions"]}
    for key, value in answers.items():
        check_texts({"answers": value if key in asked else f"{key}号{value}"})
    before = answers_to(file)
    new = {key: value for key, value in answers.items() if before.get(key, "") != value}
    if new:
        answer_questions(file, new, layout=plan.head["layout"], by=by)
    return bool(new)


def leave_out(file: RegisterFile, plan: Reading, row: str, *, by: User, out: bool = True) -> bool:
    """Whether a row is to be imported at all. Raises Invalid (422) for a row that is not there."""
    if out and plan.by_key(row) is None:
        raise Invalid({"row": [refusals.NO_SUCH_ROW.format(given=cells.short(row))]})
    return answer(file, plan, {f"row:{row}": LEAVE_OUT if out else KEEP}, by=by)


# --- Cells


def cell_of(plan: Reading, address: str) -> Cell | None:
    """The cell of a row of the plan, or of a heading; None for any other."""
    place = fixes.place_of(address)
    for table in plan.head["tables"] if place else ():
        assert place is not None
        sheet, row, column = place
        if table["sheet"] != sheet:
            continue
        heading = next((each for each in table["columns"] if each.get("heading_at") == address), None)
        if heading is not None:
            return Cell(address, "", heading["heading"], heading_of=heading["key"] or IGNORE)
        line = plan.by_key(f"{table['label']}!{row}" if table["label"] else str(row))
        for at, each in enumerate(table["columns"]):
            if line is not None and each["place"] == column and at < len(line["cells"]):
                return Cell(address, each["key"], line["cells"][at])
    return None


def fix(file: RegisterFile, plan: Reading, address: str, value: str, *, by: User) -> bool:
    """Correct a cell; whether that changes it. What the file says is taken back to, rather than kept as a correction.

    Raises Invalid (422) for a cell that no row of the plan has, an ID-card number, a text that is too long, a heading
    of names that would be none; NotReady.
    """
    check_open(file)
    cell = cell_of(plan, address)
    if cell is None:
        raise Invalid({"address": [refusals.NO_SUCH_CELL.format(given=cells.short(address))]})
    if cell.heading_of == "name" and (headers.meaning(headers.plain(value)) or ("",))[0] != "name":
        raise Invalid({"value": [str(refusals.NAME_IS_NEEDED)]})
    standing = fixes.standing(file).get(address)
    says = standing.new if standing else cell.value
    if cells.text(value) == says:
        return False
    if standing is not None and cells.text(value) == standing.old:
        fixes.take_back_fix(standing, by=by)
    else:
        original = standing.old if standing else cell.value
        fixes.fix_cell(file, address, old=original, new=value, key=cell.key, by=by)
    return True


def fix_headings(file: RegisterFile, plan: Reading, headings: Mapping[str, str], *, by: User) -> bool:
    """Correct headings, by the address of their cell; whether that changes any. Raises as `fix` does."""
    changed = [address for address, heading in headings.items() if fix(file, plan, address, heading, by=by)]
    return bool(changed)


def take_back(file: RegisterFile, address: str, *, by: User) -> CellFix:
    """Raises Invalid (422) for a cell that was not corrected; NotReady (409)."""
    check_open(file)
    standing = fixes.standing(file).get(address)
    if standing is None:
        raise Invalid({"address": [refusals.NO_SUCH_CELL.format(given=cells.short(address))]})
    return fixes.take_back_fix(standing, by=by)


# --- Decisions


def decide(
    file: RegisterFile, plan: Reading, row: str, institution: UUID, answer: str, *, by: User, reason: str = ""
) -> DuplicateDecision:
    """Say whether a row is an institution on file: same, different, later, reopened. Raises Invalid (422) for a row or
    an institution that the plan does not bring together, NotReady (409); 404 for one that `by` does not see."""
    check_open(file)
    line = plan.by_key(row)
    if line is None or not line.get("identity"):
        raise Invalid({"row": [refusals.NO_SUCH_ROW.format(given=cells.short(row))]})
    if str(institution) not in _beside(line):
        raise Invalid({"institution": [str(refusals.NO_SUCH_CANDIDATE)]})
    on_file = get_object_or_404(Institution.objects.visible_to(by), pk=institution)
    return decide_duplicate(on_file, by=by, answer=answer, identity=line["identity"], reason=reason)


def _beside(line: Line) -> set[str]:
    """The institutions a row may be, or was said to be or not to be."""
    found = {each["institution"] for each in line["candidates"] if each["institution"]}
    if line["institution"]:
        found.add(line["institution"][0])
    decided = DuplicateDecision.objects.filter(identity=line["identity"]).values_list("first_id", flat=True)
    return found | set(map(str, decided))


# --- Sheets and columns


Chosen = Mapping[tuple[str, int], str]


def set_up(file: RegisterFile, plan: Reading, columns: Chosen, sheets: Mapping[str, str], *, by: User) -> bool:
    """Say what columns are, by table and place ("" as it was read, `ignore` for none), and which sheets are registers
    (`read`, `leave_out`, "" as it was read). Whether that changes anything. It holds for the county's next file of the
    layout, by the heading. What is chosen for one column is taken from the other that was read as it.

    Raises Invalid (422) for an unknown word, a table without a name, a meaning chosen twice, no register left.
    """
    errors: dict[str, list[str]] = {}
    answers: dict[str, str] = {}
    for table in plan.head["tables"]:
        answers |= _of_table(table, columns, errors, left_out=sheets.get(table["sheet"]) == LEAVE_OUT)
    answers |= _of_sheets(file, plan, sheets, errors)
    if errors:
        raise Invalid(errors)
    return answer(file, plan, answers, by=by)


def _of_table(table: Line, columns: Chosen, errors: dict[str, list[str]], *, left_out: bool) -> dict[str, str]:
    """The answers about the headings of a table whose columns were chosen to be something else."""
    taken = {column["key"]: column["letter"] for column in table["columns"] if column["key"]}
    answers: dict[str, str] = {}
    chosen_for: dict[str, list[str]] = {}
    for column in table["columns"]:
        read_as = column["key"] or IGNORE
        chosen = columns.get((table["label"], column["place"]), read_as)
        if chosen not in (*headers.HEADERS, *headers.OF_PARTS, IGNORE, ""):
            raise Invalid({"columns": [refusals.NO_SUCH_COLUMN.format(given=cells.short(chosen))]})
        if chosen == read_as:
            continue
        answers[f"heading:{column['known_by']}"] = chosen
        if taken.get(column["key"]) == column["letter"]:
            del taken[column["key"]]
        if chosen in headers.HEADERS or chosen in headers.OF_PARTS:
            chosen_for.setdefault(chosen, []).append(column["letter"])
    for key, letters in chosen_for.items():
        taken[key] = letters[0]
        if len(letters) > 1:
            said = {"title": headers.called(key), "columns": enumerated(letters)}
            errors.setdefault("columns", []).append(refusals.COLUMN_TWICE.format(**said))
    if "name" not in taken and "" not in answers.values() and not left_out:
        errors.setdefault("columns", []).append(str(refusals.NAME_IS_NEEDED))
    return answers


def _of_sheets(
    file: RegisterFile, plan: Reading, sheets: Mapping[str, str], errors: dict[str, list[str]]
) -> dict[str, str]:
    before = answers_to(file)
    chosen: dict[str, str] = {}
    names = {sheet["name"] for sheet in plan.head["sheets"]}
    for name, said in sheets.items():
        if name not in names or said not in ("", READ, LEAVE_OUT):
            raise Invalid({"sheets": [refusals.NO_SUCH_COLUMN.format(given=cells.short(said or name))]})
        if before.get(f"sheet:{name}", "") != said:
            chosen[f"sheet:{name}"] = said
    registers = {table["sheet"] for table in plan.head["tables"]}
    registers |= {name for name, said in sheets.items() if said == READ}
    registers |= {name for name, said in sheets.items() if said == "" and before.get(f"sheet:{name}") == LEAVE_OUT}
    if not registers - {name for name, said in sheets.items() if said == LEAVE_OUT}:
        errors["sheets"] = [str(refusals.SHEET_IS_NEEDED)]
    return chosen


def refusal_words(refusal: Refusal) -> list[Any]:
    return [reason for reasons in refusal.errors.values() for reason in reasons] or [refusal.message]

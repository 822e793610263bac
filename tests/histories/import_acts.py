"""What comes in files: registers and ledgers, taken back again, and strike-offs that a ledger states confirmed."""

from inspections.actions import confirm_strike_offs
from inspections.models import FindingType, LedgerEntry
from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan
from institutions.imports.rollback import roll_back
from institutions.models import Division, ImportBatch, Institution
from tests.factories import LIUSHI
from tests.histories.bureau import Bureau, NothingThere
from tests.inspections.ledgers import planned_ledger, row
from tests.institutions.intake_files import planned

REGISTER = ["机构名称", "乡镇", "办学地址", "证照情况", "排摸日期"]


def import_register(bureau: Bureau) -> None:
    """Of one to three rows, each of an institution on file, perhaps at another address, or of a new one."""
    rows = []
    for _ in range(bureau.chance.randrange(1, 4)):
        if bureau.perhaps(0.6):
            school = bureau.registered()
            address = bureau.one_of([school.operating_address, f"晨曦路{bureau.chance.randrange(99)}号"])
            rows.append([school.name, _township_of(school), address, "证照齐全", str(bureau.day())])
        else:
            name, address = f"名册{bureau.chance.randrange(9999)}中心", f"名册路{bureau.chance.randrange(999)}号"
            rows.append([name, _name_of(LIUSHI), address, "无证无照", str(bureau.day())])
    _commit(bureau, planned(REGISTER, *rows), "名册.xlsx")


def import_ledger(bureau: Bureau) -> None:
    """Of one or two rows: a visit, what it found, and perhaps what became of it."""
    rows = []
    for _ in range(bureau.chance.randrange(1, 3)):
        found = bureau.one_of([*FindingType.objects.filter(pk__in=["L04", "L05", "L06"]).order_by("pk"), None])
        said = {"检查日期": str(bureau.day()), "检查人": "first", "存在问题": found.name_zh if found else ""}
        if found and bureau.perhaps(0.8):
            said |= {"整改结果": "整改完成", "完成日期": str(bureau.now.date())}
            said |= {"是否销号": "是", "销号日期": str(bureau.now.date())} if bureau.perhaps(0.5) else {}
        if bureau.perhaps(0.6):
            school = bureau.registered()
            said |= {"乡镇": _township_of(school), "办学地址": school.operating_address}
            rows.append(row(school.name, **said))
        else:
            rows.append(row(f"台账{bureau.chance.randrange(9999)}中心", **said | {"乡镇": _name_of(LIUSHI)}))
    _commit(bureau, planned_ledger(*rows), "台账.xlsx")


def undo_import(bureau: Bureau) -> None:
    batch = bureau.last_of(ImportBatch.objects.filter(rolled_back_at=None))
    roll_back(batch, by=bureau.somebody(), at=bureau.now)


def confirm_what_a_ledger_says(bureau: Bureau) -> None:
    stated = LedgerEntry.objects.filter(ends=True, taken_back_at=None, rectification__state="submitted")
    if not confirm_strike_offs([bureau.one_of(stated)], by=bureau.somebody(), at=bureau.now).done:
        raise NothingThere


def _commit(bureau: Bureau, plan: Plan, file_name: str) -> None:
    """A plan with errors, or with questions that nobody answered, is not imported."""
    if plan.errors:
        raise NothingThere
    commit_plan(plan, file_name=file_name, sha256="", by=bureau.somebody(), at=bureau.now)


def _township_of(school: Institution) -> str:
    return _name_of(school.division_id)


def _name_of(code: str) -> str:
    return Division.objects.get(pk=code).name


IMPORT_ACTS = {import_register: 5, import_ledger: 8, undo_import: 8, confirm_what_a_ledger_says: 12}

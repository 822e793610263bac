"""What was answered about the headings of a layout holds for the county's next file, on the page and by the command."""

import pytest

from institutions.imports.files import answer_questions, commit_file, make, plan_file, receive_file
from institutions.imports.plan import Plan
from institutions.imports.rollback import roll_back
from institutions.models import Division, ImportBatch, Institution
from tests.institutions.test_import_command import run, written

HEAD = ["机构名称", "乡镇", "办学地扯", "类别"]
ANSWERS = {"heading:办学地扯": "operating_address", "category:素质类": "arts"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(tmp_path):
    """Imports one institution by the command; the institution."""

    def do(name: str, *options: str, head: list[str] = HEAD) -> Institution:
        file = written(tmp_path / "a.csv", [name, "柳市镇", "井巷路1号", "素质类"], head=head)
        run(file, *options)
        return Institution.objects.get(name=name)

    return do


def page(name: str, by, *, head: list[str] = HEAD, answers: dict[str, str] | None = None) -> Plan:
    """The plan of a file that was handed in on the page."""
    data = "\n".join([",".join(["乐清市培训机构名册"]), ",".join(head), f"{name},柳市镇,井巷路1号,素质类"]).encode()
    county = Division.objects.get(pk="330382")
    file = receive_file(data, file_name="a.csv", division=county, datum="wgs84", by=by)
    if answers:
        answer_questions(file, answers, layout=make(file).plan.layout, by=by)
        commit_file(file, looked_at=plan_file(file, by=by).digest, by=by)
    return make(file).plan


def told(institution: Institution) -> tuple[str, str]:
    return institution.operating_address, institution.category


def test_answers_on_the_page_hold_for_the_command(command, taskforce):
    page("绘声馆", taskforce, answers=ANSWERS)

    assert told(command("青竹教育")) == ("井巷路1号", "arts")


def test_answers_to_the_command_hold_for_its_next_file_and_for_the_page(command, taskforce):
    command("绘声馆", *(f"--answer={key}={value}" for key, value in ANSWERS.items()))

    assert told(command("青竹教育")) == ("井巷路1号", "arts")
    assert [row.columns["operating_address"] for row in page("晨曦教育", taskforce).rows] == ["井巷路1号"]


def test_last_answer_counts_whoever_gave_it(command, taskforce):
    page("绘声馆", taskforce, answers=ANSWERS)
    command("青竹教育", "--answer=category:素质类=sports")

    assert told(command("晨曦教育")) == ("井巷路1号", "sports")


def test_what_is_answered_now_wins_over_what_was(command):
    command("绘声馆", *(f"--answer={key}={value}" for key, value in ANSWERS.items()))

    assert told(command("青竹教育", "--answer=category:素质类=care")) == ("井巷路1号", "care")


def test_another_layout_is_asked_anew(command):
    command("绘声馆", *(f"--answer={key}={value}" for key, value in ANSWERS.items()))

    assert told(command("青竹教育", head=[*HEAD[:3], "办学类型"])) == ("", "subject")


def test_remembered_word_that_does_not_occur_is_no_unused_answer(command, tmp_path):
    command("绘声馆", *(f"--answer={key}={value}" for key, value in ANSWERS.items()))

    said = run(written(tmp_path / "b.csv", ["青竹教育", "柳市镇", "井巷路2号", "艺术类"], head=HEAD))

    assert said["warnings"] == []


def test_batch_that_was_taken_back_is_remembered_all_the_same(command):
    command("绘声馆", *(f"--answer={key}={value}" for key, value in ANSWERS.items()))
    roll_back(ImportBatch.objects.get(), by=None)

    assert told(command("青竹教育")) == ("井巷路1号", "arts")

"""`manage.py monthly_report`: the files it names, the narrative it prints, and what bad input gets."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import institution, round_of

pytestmark = pytest.mark.django_db


def run(folder, **options) -> tuple[str, str]:
    """(printed, warned)."""
    out, err = StringIO(), StringIO()
    asked = {"division": "330382", "as_of": "2018-12-31", "output": folder} | options
    call_command("monthly_report", **asked, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refusal(folder, **options) -> str:
    with pytest.raises(CommandError) as refused:
        run(folder, **options)
    assert refused.value.returncode == 1
    return str(refused.value)


def test_command_writes_a_word_file_unless_told_otherwise(tmp_path):
    run(tmp_path / "made")

    assert [file.name for file in (tmp_path / "made").iterdir()] == ["330382-2018-12-31.docx"]


def test_command_writes_every_format_asked_for(tmp_path):
    run(tmp_path, formats="docx, xlsx,pdf")

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "330382-2018-12-31.docx", "330382-2018-12-31.pdf", "330382-2018-12-31.xlsx"
    ]  # fmt: skip


def test_command_prints_the_narrative_and_warns_of_contradictions(tmp_path):
    round_of(institution(status="full"), "2018-05-01", verified_on="2018-06-01", outcome="licensed")

    printed, warned = run(tmp_path)

    assert printed.splitlines()[0] == "全市排摸培训机构总数1所,存在问题的培训机构1所,已整改培训机构1所,完成率100%。"
    assert warned == "请核对：以办理证照办结但截至日没有有效证照的机构（1）\n"


def test_command_counts_what_was_known_then(tmp_path):
    round_of(institution(status="full"), "2018-11-26", verified_on="2018-12-30", verified_recorded="2019-01-08")

    then, _ = run(tmp_path, known_at="2019-01-03T17:00:00+08:00")
    now, _ = run(tmp_path)

    assert ("已整改培训机构0所" in then, "已整改培训机构1所" in now) == (True, True)


def test_command_replaces_a_file_made_before(tmp_path):
    (tmp_path / "330382-2018-12-31.xlsx").write_text("old")

    run(tmp_path, formats="xlsx")

    assert (tmp_path / "330382-2018-12-31.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"division": "999999"}, "没有代码为“999999”的行政区划。"),
        ({"as_of": "2018-13-01"}, "“2018-13-01”不是日期，例：2018-12-31。"),
        ({"as_of": "2999-01-01"}, "日期 2999-01-01 在今天之后。"),
        ({"known_at": "yesterday"}, "“yesterday”不是时刻"),
        ({"formats": "docx,odt"}, "不能写成“odt”，可用：docx、xlsx、pdf。"),
        ({"formats": " , "}, "没有写明格式"),
    ],
)
def test_command_refuses_bad_input_in_words_and_writes_nothing(tmp_path, options, words):
    assert words in refusal(tmp_path / "made", **options)
    assert not (tmp_path / "made").exists()


def test_command_refuses_a_wrong_template_before_any_file_is_written(tmp_path):
    (tmp_path / "own.docx").write_text("not a template")

    said = refusal(tmp_path / "made", formats="xlsx,docx", template=tmp_path / "own.docx")

    assert "不能使用报告模板" in said
    assert not (tmp_path / "made").exists()


def test_command_refuses_an_output_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("")

    assert f"不能写入 {tmp_path / 'taken'}" in refusal(tmp_path / "taken")

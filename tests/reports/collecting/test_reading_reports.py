"""What is taken for a report of another installation, and what is refused with one sentence."""

import json

import pytest

from accounts.canonical import digest_of
from reports.collecting.reading import MOST_BYTES, NoReport, read_report
from tests.reports.collecting.sent import content, file_of, text_of


def refusal(data: bytes, **said) -> str:
    with pytest.raises(NoReport) as refused:
        read_report(data, **said)
    return refused.value.message


def test_exported_report_is_read_with_the_digest_of_its_name():
    name, data = file_of(content())

    found = read_report(data, name=name)

    assert (found.division, found.as_of.isoformat(), found.vouched) == ("330302", "2018-12-31", True)
    assert found.sha256 == digest_of(found.text)
    assert found.text.encode() == data


def test_report_without_a_digest_is_read_and_not_vouched_for():
    assert not read_report(file_of(content())[1], name="上报.json").vouched


def test_number_changed_on_the_way_is_found():
    name, data = file_of(content())

    said = refusal(data.replace(b'"overdue": 0', b'"overdue": 1'), name=name)

    assert said.startswith("内容与摘要不符：应为 ")
    assert refusal(data, sha256="0" * 64).startswith("内容与摘要不符：应为 0000000000000000…")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "不是报告数据（JSON）"),
        (b"\xff\xfe\x00", "不是报告数据（JSON）"),
        (b"[" * 100_000, "不是报告数据（JSON）"),
        (b'{"figures": NaN}', "不是报告数据（JSON）"),
        (b'{"figures": 1' + b"0" * 5000 + b"}", "不是报告数据（JSON）"),
        (b"[]", "不是报告数据。"),
        (b'{"a": 1}', "不是报告数据。"),
        (b'{"figures": 1, "figures": 2}', "文件的写法与导出时不同"),
        (b'{"figures": "\\ud800"}', "文件的写法与导出时不同"),
        (json.dumps(content(), indent=1).encode(), "文件的写法与导出时不同"),
        (b"x" * (MOST_BYTES + 1), "文件超过 20 MB"),
    ],
    ids=[
        "empty",
        "binary",
        "deep",
        "nan",
        "huge number",
        "list",
        "other",
        "key twice",
        "surrogate",
        "written anew",
        "large",
    ],
)
def test_file_that_is_no_report_is_refused(data, says):
    assert refusal(data).startswith(says)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"form": 2}, "报告数据的版本是 2，这里认得 1。"),
        ({"version": 0}, "这是草稿，不是已提交的报告。请先提交，再导出。"),
        ({"version": True}, "“version”"),
        ({"division": "33%"}, "“division”"),
        ({"name": "甲" * 61}, "“name”"),
        ({"as_of": "20181231"}, "“as_of”"),
        ({"known_at": "2019-01-03"}, "“known_at”"),
        ({"total": []}, "“total”"),
        ({"total": {"surveyed": -1}}, "“total”"),
        ({"townships": [{"key": "1"}]}, "“townships”"),
        ({"figures": {"surveyed": None}}, "“figures”"),
        ({"known_at": "0001-01-01T00:00:00+14:00"}, "“known_at”"),
        ({"as_of": "2999-12-31"}, "报告截至 2999-12-31，不在 2000-01-01 到今天之间。"),
        ({"as_of": "0001-01-01"}, "报告截至 0001-01-01，不在 2000-01-01 到今天之间。"),
        ({"contradictions": ["x"]}, "“contradictions”"),
        ({"contradictions": [{"code": ["x"], "explained": "y"}]}, "“contradictions”"),
        ({"paragraphs": None}, "“paragraphs”"),
        ({"paragraphs": [{"key": "headline", "parts": 5}]}, "“paragraphs”"),
        ({"paragraphs": [{"key": "headline", "parts": [{"figure": ["surveyed"], "value": 1}]}]}, "“paragraphs”"),
    ],
)
def test_report_of_another_shape_is_refused_by_name(changes, says):
    assert says in refusal(text_of(content() | changes).encode())


def test_count_that_is_no_whole_number_is_refused():
    total = content()["total"]

    for value in (True, 1.5, "3", 10**10, None):
        assert "“total”" in refusal(text_of(content() | {"total": total | {"closed": value}}).encode())

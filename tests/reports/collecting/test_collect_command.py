"""manage.py collect_reports: from a folder, and from another installation."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from institutions.models import Division
from reports.management.commands.collect_reports import TOKEN
from reports.models import Collected
from tests.reports.collecting.installation import Installation, installation
from tests.reports.collecting.sent import content, figures, file_of, received, text_of

pytestmark = pytest.mark.django_db
SECRET = "t0ken-of-the-county"
LIST = "/api/v1/reports/"


def run(source: object, *more: str, code: int | None = 1) -> str:
    """What is printed. One county or another is always missing, so the command ends with 1."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("collect_reports", str(source), "--division", "3303", "--as-of", "2018-12-31", *more, stdout=out)
    assert ended.value.code == code
    return out.getvalue()


def written(folder, *contents) -> None:
    for each in contents:
        name, data = file_of(each)
        (folder / name).write_bytes(data)


def test_folder_is_collected_and_each_county_named_with_what_came_of_it(tmp_path):
    wrong = content("330303")
    wrong["total"]["surveyed"] = 1
    written(tmp_path, content("330302", figures(10, 8, 4, 2)), wrong, content("330102"))
    (tmp_path / "坏.json").write_text("{")
    (tmp_path / "别的.txt").write_text("{")

    said = run(tmp_path)

    assert "已收  鹿城区 330302  排摸总数10、存在问题8、已整改6" in said
    assert "矛盾  龙湾区 330303" in said
    assert "    矛盾：合计：存在问题 8 多于排摸总数 1" in said
    assert "合计（1/" in said
    assert "乐清市" in next(line for line in said.splitlines() if line.startswith("缺报："))
    assert "没有收 坏.json：不是报告数据（JSON）" in said
    assert "不是温州市的下一级" in said
    assert Collected.objects.count() == 2


def test_answer_in_json_says_the_same(tmp_path):
    written(tmp_path, content("330302", figures(10, 8, 4, 2)))

    told = json.loads(run(tmp_path, "--format", "json"))

    assert (told["division"], told["as_of"], told["complete"], told["contradicting"]) == (
        "3303",
        "2018-12-31",
        False,
        [],
    )
    assert "330382" in told["missing"]
    assert told["total"]["completion_percent"] == "75.00%"
    row = next(row for row in told["rows"] if row["key"] == "330302")
    assert (row["state"], row["rank"], row["surveyed"]) == ("received", 1, 10)
    assert told["refused"] == []


def test_everything_received_ends_well(tmp_path):
    codes = Division.objects.children_of("3303").values_list("code", flat=True)
    written(tmp_path, *(content(code, figures(2, 1, 1)) for code in codes))
    out = StringIO()

    call_command("collect_reports", str(tmp_path), "--division", "3303", "--as-of", "2018-12-31", stdout=out)

    assert f"合计（{len(codes)}/{len(codes)}）  排摸总数{2 * len(codes)}、" in out.getvalue()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("/nowhere", "--division", "3303", "--as-of", "2018-12-31"), "没有文件夹“/nowhere”"),
        (("/tmp", "--division", "99", "--as-of", "2018-12-31"), "没有代码为“99”的行政区划"),
        (("/tmp", "--division", "3303", "--as-of", "2018-13-01"), "不是日期"),
        (("/tmp", "--division", "3303", "--as-of", "2999-01-01"), "在今天之后"),
        (("http://a", "--division", "3303", "--as-of", "2018-12-31"), "没有可用的接口令牌"),
        (("http://a", "--division", "3303", "--as-of", "2018-12-31", "--token-file", "/nowhere"), "不能读取令牌文件"),
    ],
)
def test_question_that_cannot_be_answered_is_refused(monkeypatch, asked, says):
    monkeypatch.delenv(TOKEN, raising=False)

    with pytest.raises(CommandError, match=says):
        call_command("collect_reports", *asked)


# --- Another installation


def offered(there: Installation, *contents: dict, **more: object) -> list[str]:
    """The installation lists these reports, and gives each; the ids by which it does."""
    ids, rows = [], []
    for each in contents:
        taken, key = received(each), str(uuid4())
        ids.append(key)
        rows.append({"id": key, "sha256": taken.sha256})
        there.answers[f"{LIST}{key}/"] = (200, {"ETag": f'"{taken.sha256}"'}, taken.text.encode())
    there.answers[LIST] = (200, {}, json.dumps({"results": rows, "next": None} | more).encode())
    return ids


def test_installation_is_asked_with_the_token_which_is_never_printed(tmp_path, capfd):
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    with installation() as there:
        ids = offered(there, content("330302"))

        said = run(there.address, "--token-file", str(file))

    assert "已收  鹿城区" in said
    assert [path.partition("?")[0] for path, _authorization in there.asked] == [LIST, f"{LIST}{ids[0]}/"]
    assert there.asked[0][0].endswith("?division=3303&as_of=2018-12-31&state=approved&page_size=200")
    assert {authorization for _path, authorization in there.asked} == {f"Bearer {SECRET}"}
    kept = Collected.objects.get()
    assert (kept.content, kept.vouched) == (text_of(content("330302")), True)
    assert SECRET not in said + "".join(capfd.readouterr()) + kept.source


def test_report_that_was_changed_behind_the_list_is_refused_and_the_others_are_kept(monkeypatch):
    monkeypatch.setenv(TOKEN, SECRET)
    with installation() as there:
        ids = offered(there, content("330302"), content("330303"))
        path = f"{LIST}{ids[0]}/"
        other = received(content("330302", figures(9, 8, 8)))
        there.answers[path] = (200, {"ETag": f'"{other.sha256}"'}, other.text.encode())

        said = run(there.address)

    assert f"没有收 {there.address}{path}：内容与摘要不符" in said
    assert [each.below for each in Collected.objects.all()] == ["330303"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((401, {}, b"{}"), "对方不认这个接口令牌"),
        ((404, {}, b"{}"), "对方没有这个辖区的报告，或地址不对"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "对方要转到别的地址，没有跟去"),
        ((500, {}, b"secret trace"), "对方回答了错误 500"),
        ((200, {}, b"<html>"), "对方的回答不是报告列表"),
        ((200, {}, b'{"results": [{"id": 1, "sha256": ""}]}'), "对方的回答不是报告列表"),
        ((200, {}, b'{"results": [{"id": "../../admin", "sha256": ""}]}'), "对方的回答不是报告列表"),
        ((200, {}, b'{"results": [], "next": "http://127.0.0.1:1/api/v1/reports/?cursor=a"}'), "下一页在别的地址"),
    ],
)
def test_installation_that_answers_otherwise_is_named_with_what_is_wrong(monkeypatch, answer, says):
    monkeypatch.setenv(TOKEN, SECRET)
    with installation() as there:
        there.answers[LIST] = answer

        with pytest.raises(CommandError) as refused:
            call_command("collect_reports", there.address, "--division", "3303", "--as-of", "2018-12-31")

    assert says in str(refused.value)
    assert SECRET not in str(refused.value)
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://127.0.0.1:1", "连不上对方的地址"),
        ("ftp://127.0.0.1", "不是可以汇总的地址"),
        ("http://user:word@127.0.0.1", "不是可以汇总的地址"),
        ("http://127.0.0.1/?a=1", "不是可以汇总的地址"),
    ],
)
def test_address_that_cannot_be_asked_is_refused(monkeypatch, address, says):
    monkeypatch.setenv(TOKEN, SECRET)

    with pytest.raises(CommandError, match=says):
        call_command("collect_reports", address, "--division", "3303", "--as-of", "2018-12-31")


def test_next_page_of_the_installation_is_read_and_a_list_without_end_ends(monkeypatch):
    monkeypatch.setenv(TOKEN, SECRET)
    with installation() as there:
        offered(there, next=f"{there.address}{LIST}?cursor=b")

        with pytest.raises(SystemExit):
            call_command(
                "collect_reports", there.address, "--division", "3303", "--as-of", "2018-12-31", stdout=StringIO()
            )

    assert [path.partition("?")[2] for path, _ in there.asked][1:3] == ["cursor=b", "cursor=b"]
    assert len(there.asked) == 50

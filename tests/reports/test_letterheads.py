"""公文格式: what stands above and below the text; whose setting and whose template counts."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.models import Division
from reports.actions.letterheads import change_setting, receive_template, use_template
from reports.as_docx import TEMPLATE, as_docx
from reports.letterheads import heading_of, setting_of, template_for, template_named, use_of
from reports.models import ReportSetting, ReportTemplate
from reports.sample import sample
from tests.factories import at, day, user_with
from tests.reports.reading_back import docx_text
from tests.reports.test_report_templates import template

HEAD = {
    "red_head": "乐清市教育局文件",
    "number_pattern": "乐教通〔{年}〕{号}号",
    "next_number": 3,
    "addressees": "各乡镇人民政府：",
    "signed": "乐清市教育局",
}


def place(code: str) -> Division:
    return Division.objects.get(pk=code)


@pytest.fixture
def clerk(db):
    """整治专班 of 乐清市."""
    return user_with("task_force", "330382", "clerk")


@pytest.fixture
def city_clerk(db):
    """整治专班 of 温州市."""
    return user_with("task_force", "3303", "city")


# --- The heading


def test_heading_where_nothing_is_set_has_only_the_day(db):
    assert heading_of("330382", day("2019-01-03")) == {
        "red_head": "", "number": "", "addressees": "", "signed": "", "dated_on": "2019-01-03",
    }  # fmt: skip


def test_heading_says_what_is_set_with_the_next_number(clerk):
    change_setting(division=place("330382"), by=clerk, at=at("2019-01-02"), **HEAD)

    assert heading_of("330382", day("2019-01-03")) == {
        "red_head": "乐清市教育局文件", "number": "乐教通〔2019〕3号", "addressees": "各乡镇人民政府：",
        "signed": "乐清市教育局", "dated_on": "2019-01-03",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "used", "number"),
    [
        ("2019-01-03", [], "乐教通〔2019〕3号"),
        (
            "2019-02-03",
            ["乐教通〔2019〕3号", "乐教通〔2019〕11号", "乐教通〔2018〕40号", "其他〔2019〕99号"],
            "乐教通〔2019〕12号",
        ),
        ("2019-02-03", ["乐教通〔2019〕1号"], "乐教通〔2019〕3号"),
        ("2020-01-03", ["乐教通〔2019〕11号"], "乐教通〔2020〕1号"),  # numbers begin anew with the year
    ],
)
def test_number_runs_on_within_its_year(clerk, on, used, number):
    change_setting(division=place("330382"), by=clerk, at=at("2019-01-02"), **HEAD)

    setting = setting_of("330382")
    assert setting.number_on(day(on), used) == number


def test_number_runs_on_from_one_that_was_set_in_the_first_hours_of_the_year(clerk):
    change_setting(division=place("330382"), by=clerk, at=at("2019-01-01", 7), **HEAD)

    assert setting_of("330382").number_on(day("2019-01-03"), []) == "乐教通〔2019〕3号"


def test_number_without_a_running_number_stays_as_it_is(clerk):
    change_setting(division=place("330382"), by=clerk, **HEAD | {"number_pattern": "整治专报"})

    assert heading_of("330382", day("2019-01-03"))["number"] == "整治专报"


def test_setting_of_the_nearest_division_counts_and_the_newest_of_it(clerk, city_clerk):
    change_setting(division=place("330382"), by=clerk, **HEAD)
    change_setting(division=place("330382"), by=clerk, **HEAD | {"signed": "乐清市校外培训整治办"})
    change_setting(division=place("3303"), by=city_clerk, **HEAD | {"signed": "温州市教育局"})

    signed = [heading_of(code, day("2019-01-03"))["signed"] for code in ("330382114", "330382", "3303", "330381", "33")]

    assert signed == ["乐清市校外培训整治办", "乐清市校外培训整治办", "温州市教育局", "温州市教育局", ""]


def test_setting_with_other_braces_is_refused(clerk):
    with pytest.raises(Invalid, match="花括号里只能写 {年} 和 {号}"):
        change_setting(division=place("330382"), by=clerk, **HEAD | {"number_pattern": "乐教〔{year}〕1号"})

    assert not ReportSetting.objects.exists()


@pytest.mark.parametrize("name", ["red_head", "number_pattern", "addressees", "signed"])
def test_id_number_in_a_setting_is_refused(clerk, name):
    with pytest.raises(Invalid) as refused:
        change_setting(division=place("330382"), by=clerk, **HEAD | {name: "王某110101199001011237"})

    assert list(refused.value.errors) == [name]
    assert not ReportSetting.objects.exists()


@pytest.mark.parametrize(
    ("role", "prefix"), [("task_force", "330381"), ("inspector", "330382"), ("supervisor", "3303")]
)
def test_setting_is_changed_by_who_prepares_reports_there(db, role, prefix):
    with pytest.raises(PermissionDenied):
        change_setting(division=place("330382"), by=user_with(role, prefix), **HEAD)


def test_setting_and_templates_are_audited(clerk):
    change_setting(division=place("330382"), by=clerk, **HEAD)
    kept = receive_template(TEMPLATE.read_bytes(), file_name="own.docx", division=place("330382"), by=clerk)
    use_template(template=kept, division=place("330382"), by=clerk)

    rows = AuditRow.objects.order_by("pk").values_list("action", "by", "scope_code")
    assert list(rows) == [
        ("report_setting.changed", clerk.pk, "330382000000"),
        ("report_template.received", clerk.pk, "330382000000"),
        ("report_template.used", clerk.pk, "330382000000"),
    ]


# --- The template


def kept_template(by, text: str, division: str = "330382") -> ReportTemplate:
    return receive_template(template(text), file_name="own.docx", division=place(division), by=by)


def test_template_named_by_an_id_number_is_not_kept(clerk):
    with pytest.raises(Invalid):
        receive_template(
            template("{{ name }}"), file_name="王某110101199001011237.docx", division=place("330382"), by=clerk
        )

    assert not ReportTemplate.objects.exists()


def test_template_is_kept_as_it_was_handed_in(clerk):
    data = template("{{ name }}")

    kept = receive_template(data, file_name=r"C:\模板\own.docx", division=place("330382"), by=clerk)

    assert bytes(ReportTemplate.objects.get().content) == data
    assert (kept.file_name, kept.problems) == ("own.docx", [])


def test_template_counts_from_when_it_is_used_until_the_shipped_one_is_again(clerk):
    kept = kept_template(clerk, "{{ name }}简报")
    before = template_for(sample())
    use_template(template=kept, division=place("330382"), by=clerk)
    used = docx_text(as_docx(sample()))
    use_template(template=None, division=place("330382"), by=clerk)

    assert (before, used, template_for(sample())) == (None, "乐清市简报", None)


def test_template_of_the_nearest_division_counts(clerk, city_clerk):
    of_city = kept_template(city_clerk, "市", "3303")
    use_template(template=of_city, division=place("3303"), by=city_clerk)

    inherited = template_named("330382")
    use_template(template=kept_template(clerk, "县"), division=place("330382"), by=clerk)

    assert inherited == {"name": "own.docx", "sha256": of_city.sha256}
    assert [use_of(code).division_id for code in ("330382", "330381", "3303")] == ["330382", "3303", "3303"]


def test_report_that_kept_its_template_is_made_from_that_one(clerk):
    kept = kept_template(clerk, "原来的")
    use_template(template=kept_template(clerk, "后来的"), division=place("330382"), by=clerk)

    printed = sample(template={"name": kept.file_name, "sha256": kept.sha256})

    assert docx_text(as_docx(printed)) == "原来的"


def test_template_names_divisions_below_that_are_on_file(clerk):
    keys = ("330382125.surveyed", "330324101.surveyed", "330382.surveyed", "330382999.surveyed")
    kept = kept_template(clerk, "".join(f"{{{{ figures['{key}'] }}}}" for key in keys))

    assert [problem.rpartition("：")[2] for problem in kept.problems] == [f"没有叫“{key}”的内容" for key in keys[1:]]


def test_template_with_problems_is_kept_and_not_used(clerk):
    kept = kept_template(clerk, "{{ nobody }}")

    with pytest.raises(Invalid, match="模板“own.docx”还有 1 处问题，不能启用。"):
        use_template(template=kept, division=place("330382"), by=clerk)

    assert kept.problems == ["正文第1段“{{ nobody }}”：没有叫“nobody”的内容"]
    assert use_of("330382") is None


def test_file_that_is_no_template_is_not_kept(clerk):
    with pytest.raises(Invalid, match="这不是 Word 文档"):
        receive_template(b"x", file_name="own.docx", division=place("330382"), by=clerk)

    assert not ReportTemplate.objects.exists()


@pytest.mark.parametrize(
    ("role", "prefix"), [("task_force", "330381"), ("inspector", "330382"), ("supervisor", "3303")]
)
def test_template_is_handed_in_and_used_by_who_prepares_reports_there(clerk, role, prefix):
    other = user_with(role, prefix)
    kept = kept_template(clerk, "甲")

    with pytest.raises(PermissionDenied):
        kept_template(other, "乙")
    with pytest.raises(PermissionDenied):
        use_template(template=kept, division=place("330382"), by=other)

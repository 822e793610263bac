"""docs/first-week.md in a real browser: a new bureau, from `make bureau` to its first round struck off.

Each step of the document has its steps here under the same heading, done by the words on the screen; every word that
the document prints in bold has to have been on the screen in that step.
"""

import re
from collections.abc import Callable

import pytest

from tests.browser.server import DESKTOP, PHONE, ROOT, Bureau, running_bureau
from tests.browser.test_main_path import picture

DOCUMENT = (ROOT / "docs" / "first-week.md").read_text(encoding="utf-8")
FIRST_HOUR = DOCUMENT.split("## 头一个小时")[1].split("\n## ")[0]
PARTS = re.split(r"^### (.+)$", FIRST_HOUR, flags=re.M)[1:]
WORDS = {title: re.findall(r"\*\*(.+?)\*\*", text) for title, text in zip(PARTS[::2], PARTS[1::2], strict=True)}
NAME = "某某县教育局"
SCHOOL = "青禾外语培训中心"
FIRST = {"排摸总数": "64", "存在问题": "1", "已整改": "1", "完成率": "100.00%"}
FIRST_WORD = "gei-ben-ren-77"
# What a page shows, with what its fields hold and offer.
SHOWN = """() => [document.body.innerText, ...[...document.querySelectorAll('input, option, summary')].map(
  (each) => [each.value, each.text, each.textContent, each.placeholder].join(' '))].join('\\n')"""


class Person:
    """Somebody at a browser of their own. What was on their screen is kept until the step is over."""

    def __init__(self, context, address: str, seen: list[str]):
        context.set_default_timeout(10_000)
        self.page, self.address, self.seen = context.new_page(), address, seen
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def look(self) -> str:
        self.page.wait_for_load_state()
        self.seen.append(self.page.evaluate(SHOWN))
        return self.seen[-1]

    def open(self) -> None:
        self.page.goto(self.address)
        self.look()

    def follow(self, link: str) -> None:
        self.look()
        self.page.get_by_role("link", name=link, exact=True).first.click()
        self.look()

    def press(self, button: str) -> None:
        self.look()
        self.page.get_by_role("button", name=button, exact=True).first.click()
        self.look()

    def fill(self, **typed: str) -> None:
        for label, text in typed.items():
            self.page.get_by_label(re.compile(rf"^{label}\W*$")).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(re.compile(rf"^{label}\W*$")).first.select_option(label=option)

    def tick(self, label: str) -> None:
        self.page.locator("label.choice", has_text=label).first.locator("input").check()

    def sign_in(self, username: str, first: str, own: str) -> None:
        """The first time: the password that somebody else gave is changed before anything else."""
        self.open()
        self.fill(用户名=username, 密码=first)
        self.press("登录")
        self.fill(当前密码=first, 新密码=own, 再输入一次新密码=own)
        self.press("更改密码")

    def fits(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class FirstHour:
    """The three people and the steps they take, one method for each heading of the document."""

    def __init__(self, browser, bureau: Bureau):
        self.bureau, self.seen = bureau, []
        settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        desk, phone = {"viewport": DESKTOP}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}
        self.admin, self.zhuanban, self.xuncha = (
            Person(browser.new_context(**settings, **size), bureau.address, self.seen) for size in (desk, desk, phone)
        )

    def start(self) -> None:
        said = self.bureau.said
        self.password = said.split("初始密码")[1].split("：")[1].split()[0]
        assert "admin" in said and f"{NAME}  {self.bureau.address}/" in said

    def administrator_signs_in(self) -> None:
        self.admin.sign_in("admin", self.password, "guan-li-yuan-1")
        self.admin.follow("开始使用")
        assert "现在做这一步" in self.admin.look()

    def divisions(self) -> None:
        self.admin.follow("设立辖区")
        self.admin.fill(
            **{"县（市、区）代码": "339901", "县（市、区）名称": "某某县", "所属市": "某市", "所属省": "浙江省"}
        )
        self.admin.fill(**{"乡镇（街道）": "339901100 灵山镇\n339901101 桥墩镇"})
        self.admin.press("设立")
        assert self.admin.page.url.endswith("/first-steps/")

    def accounts(self) -> None:
        rows = re.findall(r"^\| (\S+) \| (\w+) \| \*\*(\S+)\*\* \| (\S+) \|$", FIRST_HOUR, re.M)
        assert len(rows) == 3
        for name, username, role, division in rows:
            self.admin.follow("新增账号")
            self.admin.fill(姓名=name, 用户名=username, 密码=FIRST_WORD, 密码确认=FIRST_WORD, 辖区=division)
            self.admin.choose("角色", role)
            self.admin.press("保存")
            assert f"{role} {division}" in self.admin.look()
            self.admin.follow("开始使用")
        assert "已完成" in self.admin.page.locator("li.panel").nth(1).inner_text()
        self.admin.follow("管理")
        self.admin.press("退出")

    def register(self) -> None:
        self.zhuanban.sign_in("zhuanban", FIRST_WORD, "zhuan-ban-own-1")
        self.zhuanban.follow("开始使用")
        self.zhuanban.follow("导入名册")
        self.zhuanban.page.get_by_label("名册文件").set_input_files(ROOT / "docs" / "examples" / "register.xlsx")
        self.zhuanban.press("上传并预览")
        self.zhuanban.press("确认导入")
        assert "新增 64" in self.zhuanban.look()

    def first_visit(self) -> None:
        xuncha = self.xuncha
        xuncha.sign_in("xuncha", FIRST_WORD, "xun-cha-yuan-1")
        xuncha.follow("登记走访")
        xuncha.page.locator("main input[type=search]").fill("青禾")
        xuncha.page.locator("main").get_by_role("button", name="查找").click()
        xuncha.follow(SCHOOL)
        xuncha.tick("已检查")
        xuncha.tick("巡查员乙")
        xuncha.tick("消防设施或疏散通道不合格")
        self._photo("before.jpg")
        xuncha.tick("责令限期整改")
        assert xuncha.fits()
        xuncha.press("保存走访")
        assert re.search(r"/visits/[0-9a-f-]{36}/$", xuncha.page.url)

    def submission(self) -> None:
        xuncha = self.xuncha
        xuncha.follow("今日")
        xuncha.follow("登记走访")
        xuncha.follow(SCHOOL)
        assert xuncha.page.get_by_label("检查类型").input_value() == "recheck"
        xuncha.tick("巡查员乙")
        xuncha.tick("提交整改")
        xuncha.choose("拟办结果", "整改完成")
        xuncha.page.locator("#id_put_right label.choice").first.locator("input").check()
        self._photo("after.jpg")
        assert xuncha.fits()
        xuncha.press("保存走访")
        assert re.search(r"/visits/[0-9a-f-]{36}/$", xuncha.page.url)
        assert "已提交" in xuncha.look()

    def verification(self) -> None:
        self.zhuanban.open()
        self.zhuanban.follow(SCHOOL)
        assert self.zhuanban.page.locator(".before-after img").count() == 2
        self.zhuanban.tick("我已核对，确认核验销号")
        self.zhuanban.press("核验销号")
        assert "已销号" in self.zhuanban.page.locator("h1").inner_text()
        self.zhuanban.follow("台账")
        self.zhuanban.follow("已销号")
        assert self.zhuanban.page.locator("table a", has_text=SCHOOL).count() == 1

    def statistics(self) -> None:
        self.zhuanban.follow("统计")
        printed = {
            name: self.zhuanban.page.locator(".figure", has_text=name).first.inner_text().split()[0] for name in FIRST
        }
        assert printed == FIRST
        self.zhuanban.page.get_by_role("link", name=re.compile("已整改")).first.click()
        assert SCHOOL in self.zhuanban.look()

    def _photo(self, name: str) -> None:
        sent = {"name": name, "mimeType": "image/jpeg", "buffer": picture()}
        self.xuncha.page.set_input_files("#id_photos", sent)
        self.xuncha.page.wait_for_selector("#thumbs img")


STEPS: dict[str, Callable[[FirstHour], None]] = {
    "1. 启动系统": FirstHour.start,
    "2. 系统管理员第一次登录": FirstHour.administrator_signs_in,
    "3. 设立辖区": FirstHour.divisions,
    "4. 开设账号并授权": FirstHour.accounts,
    "5. 导入机构名册": FirstHour.register,
    "6. 登记第一次走访": FirstHour.first_visit,
    "7. 提交整改": FirstHour.submission,
    "8. 核验销号": FirstHour.verification,
    "9. 看统计": FirstHour.statistics,
}


@pytest.fixture(scope="module")
def bureau():
    with running_bureau(NAME) as started:
        yield started


def test_database_is_read_by_its_owner_alone(bureau):
    static = bureau.data_dir / "static"
    kept = [file for file in bureau.data_dir.rglob("*") if file.is_file() and static not in file.parents]

    assert {file.name for file in kept} >= {"inspections.sqlite3", "secret_key"}
    assert [str(file) for file in kept if file.stat().st_mode & 0o077] == []


def test_first_hour_of_a_bureau_is_as_its_document_says(browser, bureau):
    hour, never_seen = FirstHour(browser, bureau), {}

    for title, step in STEPS.items():
        hour.seen.clear()
        step(hour)
        never_seen[title] = [word for word in WORDS[title] if not any(word in screen for screen in hour.seen)]

    assert list(STEPS) == list(WORDS)
    assert {title: words for title, words in never_seen.items() if words} == {}
    assert [person.complaints for person in (hour.admin, hour.zhuanban, hour.xuncha)] == [[], [], []]

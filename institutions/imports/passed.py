"""Rows of a register that are no institution: sums, signatures, notes, examples, units, section headings."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.utils.functional import Promise

from institutions.imports import cells, headers, refusals

_COUNT = r"[\d.,]*(所|家|个|间|人|户)?(机构|培训机构|学校)?"
_WHOLE = r"(以上|本页|本表|[本全各](镇|乡|街道|市|县|区)|\w{1,6}(镇|乡|街道|片区|市|县|区))?"
SUM = re.compile(
    rf"{_WHOLE}(合计|小计|总计|共计|累计|总数|总和|汇总|总合计|平均|计)(\d*[:、.].*|[(]?{_COUNT}[)]?|\(\w{{1,8}}\))"
    r"|(占|百分)比|比例|(同|环)比(增长|增减)?|[较比]?上[月期年](数|同期)?(增减|增长)?|增减(数|率)?"
)
_A_SIGN, _A_DIGIT = re.compile(r"\w"), re.compile(r"\d")
_SPACES = re.compile(r"[\s【】]")
COUNTED = re.compile(
    rf"((截[至止].{{0,14}}|到?目前(为止)?|经统计)[,:]?)?"
    rf"{_WHOLE}(总?共有?|合计|总计|共计|计)(培训)?(机构|学校)?[:]? ?\d+ ?(所|家|个|间|户).{{0,12}}"
    r"|\d+(所|家|个|间|户)(培训)?(机构|学校)?"
    r"|其中[:,、]?.{0,16}\d+ ?(所|家|个|间|户)?.{0,6}"
)
_WHO = r"(填表|填报|制表|审核|审批|审签|复核|校对|经办|分管|主管|统计|汇总|登记|排摸|摸排|检查|上报|报送|联系)"
SIGNED = re.compile(
    rf"{_WHO}(人|人员|单位|部门|机关|领导|负责人)?(\(?(签字|签名|盖章|签章|公章)\)?)?[:].*"
    rf"|{_WHO}(人|人员|领导|负责人)(\(?(签字|签名|盖章|签章)\)?)?( .*|\(.*)?"
    r"|(单位|部门|镇街|乡镇|学校)?(负责人|领导|主要领导|单位|部门)?\(?(签字|签名|盖章|签章|公章)\)?([:].*|[ \d].*)?"
    rf"|(填表|填报|制表|上报|报送|统计|审核|打印|登记)?(日期|时间)[:].*"
    r"|(联系|监督|举报|投诉)?(电话|人|方式)[:].*"
    r"|(负责人|单位|单位名称|单位负责人|主要负责人|分管领导|制表单位)[:].*"
    r"|(抄送|抄报|主送|报送)[:].*|第 ?\d+ ?页.*|共 ?\d+ ?页.*"
)
# A day and a sentence that are all there is: beside an institution they are the day of its survey, or its address.
BARE_DAY = re.compile(
    r"[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    r"|\d{4} ?年 ?\d{1,2} ?月( ?\d{1,2} ?日)?|年 ?月 ?日"
    r"|(排摸|摸排|排查|检查|巡查|走访|普查|调查|截[至止])(日期|时间)[:].*"
)
SENTENCE = re.compile(r".{8,}。")
# What stands before a value of its own cell, where the serial does: 联系电话 | 13800000000.
LABEL = re.compile(rf"{_WHO}?(意见|电话|日期|时间|结果)")
# Alone in its row, it signs.
AUTHORITY = re.compile(
    r"\w{2,30}(教育局|教育体育局|人民政府|镇政府|街道办事处|学区|领导小组|办公室|专班|指挥部)|.{2,20}\((盖章|公章|签章)\)[:]?"
)
# Alone in its row, it is the title of a page: 校外培训机构名册.
TITLE = re.compile(r".{2,40}(名册|名单|一览表|登记表|统计表|汇总表|明细表|排摸表|摸排表|台账|花名册)(\(.{1,20}\))?")
NOTE = re.compile(
    r"(备 ?注|说 ?明|注|附 ?注|附|填表说明|填报说明|填写说明|注意事项|温馨提示)(\d*[:、.].*|)|注\d.*"
    r"|以下空白|(经.{0,8}[,、]?)?(以上|上述).{0,12}(属实|无误|核实|核对|核查|真实|准确).*|以下无.*|此页无正文|完"
    r"|\(?(续|接|转)(上|下)?(页|表)\)?|本表.*|第[一二三四五]联[:].*|\(?此件.*|\(?(以下)?无正文\)?"
)
EXAMPLE = re.compile(
    r"\(?(例|如|示例|样例|范例|例如|比如|譬如|例子|举例|填写示例|填报示例|填表示例|参考示例|样表|示范)\)?[:0-9]*"
)
# In a column of its own: 示例，填报时请删除, 此行为示例.
EXAMPLE_BESIDE = re.compile(
    r"\(?(?:[此本该]行(?:为|是)?)?(?:填写|填报|填表|参考)?(?:示例|样例|范例|举例)(?:行|数据)?(?:[),:;。、(].*)?"
)
EXAMPLE_NAME = re.compile(r".*[(【\[](示例|样例|例|例如|范例|填写示例|示范)[)】\]].*|(例|示例|样例|范例|例如)[:].*")
UNIT = re.compile(
    r"\(?(单位[:])?(人|名|个|家|所|元|万元|平方米|㎡|m2|m²|平米|度|年|月|日|年/月/日|年月日|年-月-日|天|间|层|"
    r"必填|选填|填写|文本|数字|日期|是/否|下拉选择|如\d.*|例\d.*|格式.*)\)?"
)
COLUMN_NUMBER = re.compile(r"[(]?(\d{1,2}|[甲乙丙丁戊己庚辛壬癸]|[A-Z]|[一二三四五六七八九十])[)]?")


SECTION = re.compile(r"(第?[一二三四五六七八九十]{1,3}([、.:：]|部分|类|批)|[(][一二三四五六七八九十]{1,3}[)]).{2,30}")
# 以下为10月份新增机构, 补充: below it stands more of the list.
INTRODUCED = re.compile(
    r"(以下|下列)(各家|机构|学校|单位)?(均|都)?(为|是|系|已|被).{2,24}|(补充|新增|增补|补报|另外?)(机构|名单)?[:]?"
)
_CLOSED = r"(?:停办|关停|关闭|取缔|注销|吊销|撤销|停业|歇业|关门|解散)"
CLOSED = re.compile(
    rf"(?:.{{0,20}}(?:已|被|依法|予以)|(?:以下|下列)(?:为|是|系)|\w{{1,8}}(?:镇|乡|街道|市|县|区)|\d{{4}}年度?)?(?:被|依法)?{_CLOSED}{{1,2}}[的了]?(?:校外|教育|文化|民办|培训)*"
    r"(?:机构|学校|单位|点)?(?:情况)?(?:名单|名册|名录|一览表|清单|明细表?|汇总表|统计表|登记表|台账)?(?:\([^()]*(?:截|共|\d)[^()]*\))?\W*"
    r"(?:\d+[家所个]?\W*)?"
)
GROUP = re.compile(
    r"\w{1,8}(镇|乡|街道|县|区|市|片区|办事处)|有证有照|证照齐全|两证齐全|有照无证|无证有照|有证无照|无照有证|无证无照|无照无证|其他|其它"
)


VOID = frozenset("× ✗ ✘ 作废 删 删除 取消 停 关 撤".split())  # noqa: SIM905  where a serial should stand
OF_CHANGES = ({"变动", "原状态", "现状态"}, {"Change", "From", "Statusnow"})
OF_CASES = ({"案件编号"}, {"案件", "处理措施"}, {"Casenumber"}, {"Case", "Measure"})
COUNTED_BY = re.compile(
    r"(所属|所在)?(乡镇|镇街|街道|乡镇\(街道\)|乡镇街道)|单位(名称)?|名称|类别|项目|证照(情况|类别)|序号"
)
OF_COUNTS = re.compile(
    r".*(数|数量|率|比例)(\(.*\))?|(合|小|总)计|证照齐全|有照无证|有证无照|无证无照|(已|未)?(整改|完成|销号|取缔)(完成|到位)?|逾期"
)


def is_sum(text: str) -> bool:
    """合计, 虹桥镇 小计, 合 计 (1家)."""
    return bool(SUM.fullmatch(_SPACES.sub("", text)))


def looks_like_section(text: str) -> bool:
    """一、证照齐全, (二)无证无照, 柳市镇(12家): a heading over rows, where a name might stand as well."""
    group = names_a_group(re.sub(r"[(:].*$", "", text))
    return bool(group or SECTION.fullmatch(text) or INTRODUCED.fullmatch(text) or CLOSED.fullmatch(text))


def tells_more_of(text: str) -> bool:
    """以下为新增机构, 已关停: more of the same township, or of the same status."""
    return bool(INTRODUCED.fullmatch(cells.text(text))) or says_closed(text)


def says_closed(text: str) -> bool:
    """已关停, 柳市镇已取缔校外培训机构名单: those below, or of this sheet, are closed."""
    return bool(CLOSED.fullmatch(cells.text(text)))


def is_no_list(sheet: str) -> bool:
    """示例, 填写样例, 作废: a sheet's name that says that nothing of it is to be taken."""
    return sheet in VOID or bool(EXAMPLE.fullmatch(cells.text(sheet)))


def is_void(serial: object) -> bool:
    """作废, ×, 已停办 where a serial should stand: the row holds no more."""
    if type(serial) is not str or serial[:1].isdigit():
        return False
    return cells.text(serial) in VOID or says_closed(serial)


def names_a_group(text: str) -> bool:
    """柳市镇, 无证无照, 合计: what a table counts by, no institution."""
    return not text or bool(GROUP.fullmatch(text) or is_sum(text))


def goes_on_noting(text: str) -> bool:
    """2.学生数为9月初人数。 below 备注:1.…"""
    return bool(re.match(r"[(]?\d{1,2}[)、.]", text)) or text.endswith(("。", ";"))


@lru_cache(maxsize=2_000)
def _said(text: str, *, in_a_row: bool = False) -> str | Promise:
    """Why a row in which this stands first, or as its name, is no institution; "" when it may be one."""
    if text.isascii() and text.isdigit():
        return ""
    if is_sum(text):
        return refusals.PASSED_SUM
    bare = text.strip("-—=*· ")
    for pattern, reason in (
        (COUNTED, refusals.PASSED_SUM),
        (SIGNED, refusals.PASSED_SIGNED),
        (NOTE, refusals.PASSED_NOTE),
        (BARE_DAY, refusals.PASSED_SIGNED),
        (SENTENCE, refusals.PASSED_NOTE),
    ):
        if pattern.fullmatch(bare):
            return "" if in_a_row and pattern in (BARE_DAY, SENTENCE) else reason
    return ""


def signs(text: str) -> bool:
    """Whether what stands beside a name is no more of an institution: 审核:李某, 合计."""
    return bool(_said(text, in_a_row=True))


def is_no_institution(name: str) -> bool:
    """Whether what stands where a name should is a sum, a signature, a note or an example."""
    return bool(_said(name) or EXAMPLE_NAME.fullmatch(name))


def reason_of(filled: dict[int, str], name: str, serial: str, named: str, address: str) -> str | Promise:
    """Why a row is no institution, or "". `filled` are its texts by column, `named` what stands in the township's."""
    texts = list(filled.values())
    first = texts[0]
    if name in ("空", "空白", "(空)", "(空白)", "无") and set(texts) <= {serial, name}:
        return refusals.PASSED_NUMBERED
    if not name and texts == [serial]:
        return _said(serial) or (refusals.PASSED_NUMBERED if re.fullmatch(r"[\d.]+", serial) else "")
    if EXAMPLE.fullmatch(first) or EXAMPLE.fullmatch(serial) or EXAMPLE_NAME.fullmatch(name):
        return refusals.PASSED_EXAMPLE
    if any("例" in text and text != name and EXAMPLE_BESIDE.fullmatch(text) for text in texts):
        return refusals.PASSED_EXAMPLE
    if not first.isdigit() and (
        (first != name and LABEL.fullmatch(first)) or (len(texts) == 1 and AUTHORITY.fullmatch(first))
    ):
        return refusals.PASSED_SIGNED
    placed = any(text and text != name and not _said(text) for text in (address, named))
    in_a_row = placed or (name not in ("", first) and len(texts) > 2)
    for text in (first, serial, name, named if not name else ""):
        if text and (reason := _said(text, in_a_row=in_a_row)):
            return reason
    if len(texts) > 1 and not name and is_sum(texts[1]):
        return refusals.PASSED_SUM
    if len(texts) > 1 and all(COLUMN_NUMBER.fullmatch(text) for text in texts) and _counts_up(texts):
        return refusals.PASSED_COLUMN_NUMBERS
    if len(texts) > 1 and not any(_A_SIGN.search(text) for text in texts if text != serial):
        return refusals.PASSED_NUMBERED
    if all(UNIT.fullmatch(text) for text in texts) and not re.fullmatch(r"\d+", name):
        return refusals.PASSED_UNITS
    return ""


def is_list_of_changes(titles: Iterable[str]) -> bool:
    """The list of a difference statement, as the system hands it out: institutions, and no register of them."""
    return any(of_it <= set(titles) for of_it in OF_CHANGES)


def is_list_of_cases(titles: Iterable[str]) -> bool:
    """Cases of misconduct, or the persons of them: schools and names, and no register of either."""
    said = set(titles)
    return any(of_it <= said for of_it in OF_CASES)


def is_header_of_counts(texts: list[str]) -> bool:
    """乡镇 机构数 已整改 整改率: headings of a table by township or status."""
    if len(texts) < 2 or texts[0].isdigit() or not COUNTED_BY.fullmatch(texts[0]):
        return False
    return sum(bool(OF_COUNTS.fullmatch(text)) for text in texts[1:]) * 2 >= len(texts)


def is_header_of_others(filled: dict[int, str], name: int) -> bool:
    """镇街 联络员 联系电话: headings of a table in which no institution is named, below a list of institutions."""
    if len(filled) < 3 or _A_DIGIT.search("".join(filled.values())):
        return False
    titles = [headers.plain(text) for text in filled.values()]
    if headers.meaning(headers.plain(filled.get(name, titles[0]))) is None:
        return False
    known = sum(map(headers.is_known, titles))
    return known * 3 >= 2 * len(titles) and all((headers.meaning(title) or ("",))[0] != "name" for title in titles)


def counts(texts: list[str]) -> bool:
    """柳市镇 20 10: a row of such a table."""
    return names_a_group(texts[0]) and any(re.fullmatch(r"[\d.,%]+", text) for text in texts[1:])


def _counts_up(texts: list[str]) -> bool:
    """1 2 3 4, 甲 乙 1 2: every sign another one, the numbers in their order."""
    numbers = [int(found[0]) for text in texts if (found := re.search(r"\d+", text))]
    return len(set(texts)) == len(texts) and len(texts) > 2 and numbers == sorted(numbers)


def is_repeated_header(filled: dict[int, str], titles: dict[int, str], name: int) -> bool:
    """Whether most of a row's cells, that of the names among them, repeat the headings above them."""
    if headers.plain(filled.get(name, "")) != titles.get(name):
        return False
    same = [place for place, text in filled.items() if headers.plain(text) == titles.get(place)]
    return len(same) * 2 > len(filled)

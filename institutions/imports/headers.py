"""The words of a register's headings: which column is what. Where the header stands is found in tables.py.

A heading is looked up as it is written, without its decorations, and without what stands in brackets; the earlier in
its list a word stands, the better it says what the column is: 办学地址 wins over 地址 wherever the two stand.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache, lru_cache

from institutions.imports import cells
from institutions.imports.vocabulary import FAMILIES, HEADERS, NOT_TAKEN, OF_A_LICENCE, TICKED, UNDER

__all__ = ["HEADERS", "NOT_TAKEN", "OF_A_LICENCE", "UNDER"]

OF_A_FAMILY = 900  # the rank of a heading that is put together
ALSO_KNOWN: set[str] = set()  # headings of parts (parts.py): known, and no misspelt ones of ours
OF_PARTS: dict[str, str] = {}  # what a part may take a column as -> how it is called
_FAMILIES = {key: re.compile(pattern) for key, pattern in FAMILIES.items()}
_OF_ANY_FAMILY = re.compile("|".join(f"(?:{pattern})" for pattern in FAMILIES.values()))
_BRACKETS = re.compile(r"[(【\[〔].*?[)】\]〕]")
_BRACKETS_TOO = re.compile(r"[(【\[].*?[)】\]]")
_WORDS_ALONE = re.compile("[\u4e00-\u9fa5]+")  # no decoration and no bracket
_BEFORE = re.compile(r"^[*★☆●▲#※√◆■□]+|^[((]?\d{1,2}[))、.．]+(?=[^\d])")
_BEHIND = re.compile(r"[*★☆●▲※:：。,，、]+$")
_TRANSLATED = re.compile("(?<=[\u4e00-\u9fa5)])[(]?[A-Za-z./&'-]{3,}[)]?$")
_OF_AN_INSTITUTION = re.compile(r"^(培训|办学|校外培训)?(机构|学校|单位)(?=.{2,}$)")
_SUFFIX = re.compile(r"(信息|情况|登记|资料)$")
_OR = re.compile(r"[/、,或及和]")
# Groups that speak of something else than the institution as it is today.
BEFORE = re.compile(
    r"(?:(?:信息|登记|名称|地址)?(?:变更|更名|改名|搬迁|迁址|搬移|调整)之?前|原(?:登记|注册|审批|来)?|以前|旧)的?"
    r"(?:信息|情况|内容)?"
)
OF_OTHERS = re.compile(
    r".+(?<!主要)(?<!相关)(?<!有关)(?<!办学)(?<!管理)(?<!联系)人员|.*(?:[理查检管格络导系察]员|网格长|干部|领导|房东|出租|产权人|教师|老师|教练|会计|学生|家长|监护人)"
    r"|.*(?:检查|排查|排摸|摸排|巡查|走访|填表|审核|经办|联络|责任).*人|.*(?:安全|消防|卫生|监管|包[联保片村干]).*"
    r"|(?:镇街|乡镇|街道|村居?|社区|学区|教育局|主管部门|网格)(?:.*人)?"
)
OF_ANOTHER_PAPER = re.compile(
    r"(?!.*(?:办学|教育)许可)(?!证照|证件|证书|办证|持证|两证|发证|.*(?:表|册|名单)$)"
    r".*(?:证|照|合同|协议|租赁|租房|租用|保险|消防|食品|卫生|安全|收费|备案|检测|检验|鉴定|房屋|场地|项目|课程).*"
)
# What stands in brackets behind 学生数 or 面积 and is a part of it; behind 联系人 and is nobody of the institution's.
_A_PART = re.compile(
    r"(?:其中|仅)?:?(?:男|女|幼儿|小学|初中|高中|中学|大学|成人|学前|低段|高段|专职|兼职|专任|外聘|外籍|本科|持证|有证|无证"
    r"|寄宿|住宿|走读|全日制|周末|双休日|暑期|暑假|寒假|春季|秋季|本地|外地|新生|教室|宿舍|寝室|食堂|办公|其他|其它)"
    r"(?:教师|学生|生|段|部|班|室|用房)?(?:数|人数)?"
)
_PARTS_OF = dict.fromkeys(("learners", "teachers", "area_m2"), _A_PART) | dict.fromkeys(
    ("principal", "phone"), OF_OTHERS
)
UNSURE = 500  # added to the rank of what stands under a group that nobody knows, and may be of something else:
OF_SOMEBODY = {"principal", "phone", "operating_address", "registered_address", "learners", "teachers", "area_m2"}
MISSPELT = 66  # of rapidfuzz's ratio: 办学地扯, 联糸电话 (one sign of four is another) is 75


def plain(title: object) -> str:
    """A heading without spaces and line breaks, its signs narrow."""
    return "".join(cells.text(title).split())


def undecorated(title: str) -> str:
    """*机构名称, 1.机构名称, 机构名称:, ★名称, 机构名称Name -> without; what stands in brackets stays."""
    return title if _WORDS_ALONE.fullmatch(title) else _TRANSLATED.sub("", _BEHIND.sub("", _BEFORE.sub("", title)))


@cache
def _words() -> dict[str, tuple[str, int]]:
    """Each word -> what it says, and how well: its place in its list."""
    found: dict[str, tuple[str, int]] = {}
    for words_of in (HEADERS, OF_A_LICENCE):
        for key, words in words_of.items():
            for rank, word in enumerate(words):
                found.setdefault(unicodedata.normalize("NFKC", word).replace(" ", "").lower(), (key, rank))
    return found


@lru_cache(maxsize=2_000)  # names of institutions are asked about, too
def meaning(title: str) -> tuple[str, int] | None:
    """What a heading says and its rank, the lower the better: 办学地址 is ("operating_address", 0); None: nothing."""
    return None if says_a_part(title) else _whole_meaning(title)


def says_a_part(title: str) -> bool:
    """学生数(小学), 联系人(镇街): by its bracket it is a part of what it says without, or another's."""
    if not any(sign in title for sign in "([【"):
        return False
    bare = undecorated(title).lower()
    inside, unbracketed = _BRACKETS_TOO.search(bare), _BRACKETS.sub("", bare)
    if inside is None or any(said in _words() for said in _by_bracket(bare, unbracketed)):
        return False
    said = _whole_meaning(unbracketed)
    part = _PARTS_OF.get(said[0]) if said else None
    return part is not None and bool(part.fullmatch(inside[0][1:-1]))


def _whole_meaning(title: str) -> tuple[str, int] | None:
    if found := look_up(_words(), title):
        return found
    bare = undecorated(title).lower()
    unbracketed = _BRACKETS.sub("", bare)
    if unbracketed in NOT_TAKEN or bare in NOT_TAKEN:
        return None
    if not _OF_ANY_FAMILY.fullmatch(bare) and (bare == unbracketed or not _OF_ANY_FAMILY.fullmatch(unbracketed)):
        return None
    for key, pattern in _FAMILIES.items():
        if pattern.fullmatch(bare) or pattern.fullmatch(unbracketed):
            return key, OF_A_FAMILY
    return None


def look_up(words: Mapping[str, tuple[str, int]], title: str) -> tuple[str, int] | None:
    """What a vocabulary says of a heading: as it is written, before what is left without its decorations."""
    bare = undecorated(title).lower()
    unbracketed = _BRACKETS.sub("", bare)
    tries = [
        title.lower(),
        bare,
        *_by_bracket(bare, unbracketed),
        unbracketed,
        _OF_AN_INSTITUTION.sub("", unbracketed),
    ]
    tries += [f"{each[:-2]}日期" for each in (unbracketed,) if each.endswith("时间")]
    parts = _OR.split(unbracketed)
    for step, written in enumerate([*tries, *(parts if len(parts) > 1 else [])]):
        if written in words and (step == 0 or len(written) > 1):
            key, rank = words[written]
            return key, rank + 100 * step
    return None


def _by_bracket(bare: str, unbracketed: str) -> list[str]:
    """机构名称(门头) says 门头名称, 有效期(许可证) 许可证有效期: what stands in brackets tells which of several."""
    inside = _BRACKETS_TOO.search(bare)
    if inside is None or len(words := inside[0][1:-1]) < 2:
        return ["", ""]
    return [words + unbracketed, words + unbracketed[-2:]]


def is_known(title: str) -> bool:
    """Whether a heading is in the vocabulary, taken or not."""
    if meaning(title) is not None or says_a_part(title):
        return True
    return any(bare in NOT_TAKEN or bare in ALSO_KNOWN or bare in _ticked() for bare in _bare(title))


def _bare(title: str) -> tuple[str, ...]:
    """Without decorations, and without brackets."""
    bare = undecorated(title)
    return (bare,) if _WORDS_ALONE.fullmatch(bare) else (bare, _BRACKETS_TOO.sub("", bare))


def _unbracketed(title: str) -> str:
    return _bare(title)[-1]


def meaning_of_stack(stack: tuple[str, ...]) -> tuple[str, int] | None:
    """What a column says under the headings above it, the outermost first: 编号 under 办学许可证 is the permit."""
    levels = [each for place, each in enumerate(stack) if each and each not in stack[:place]]
    if not levels:
        return None
    if len(levels) == 1:
        return meaning(levels[0])
    *above, leaf = levels
    for group in reversed(above):
        over = meaning(group)
        if over and (key := UNDER.get(_group(over[0]), {}).get(_unbracketed(leaf))):
            return _in_group(key, over[0], above), over[1]
        if over and (known := meaning(leaf)) and known[0] in OF_A_LICENCE:
            return _in_group(known[0], over[0], above), known[1]
        over_it = undecorated(group)
        for before in (over_it, _SUFFIX.sub("", over_it)):  # 排摸信息 over 日期
            if joined := meaning(before + undecorated(leaf)):
                return joined
    said = meaning(leaf)
    return _under_unknown(said, above) if said else None


def _under_unknown(said: tuple[str, int], above: list[str]) -> tuple[str, int] | None:
    """What a column says below groups that say nothing of it: 电话 under 网格员, 有效期 under 租赁合同 and 学生数 under
    变更前 are not of the institution as it is; 学生数 under 2017年 may be."""
    key, rank = said
    groups = [undecorated(group) for group in above]
    unknown = [group for group in groups if meaning(group) is None and meaning(_SUFFIX.sub("", group)) is None]
    if any(map(BEFORE.fullmatch, unknown)):
        return ("former_name", rank) if key == "name" else None
    if key in OF_A_LICENCE and any(map(OF_ANOTHER_PAPER.fullmatch, unknown)):
        return None
    if key in ("principal", "phone") and any(
        OF_OTHERS.fullmatch(_SUFFIX.sub("", group))
        for group in groups
        if (meaning(group) or (key,))[0] in (key, "teachers", "learners")
    ):
        return None
    told = all(re.search(r"信息|情况|基本|登记|资料", group) for group in unknown)
    return said if told or key not in OF_SOMEBODY else (key, rank + UNSURE)


def is_as_unsure(stack: tuple[str, ...], said: tuple[str, int] | None) -> bool:
    """Whether a column says the same, just as well, below a group that nobody knows."""
    own = meaning(stack[-1])
    return own is not None and said == (own[0], own[1] + UNSURE) == meaning_of_stack(stack)


@cache
def _ticked() -> dict[str, str]:
    """Each word over a column of ticks -> what a tick says; the words of a status that are more than a word of it."""
    of_status = {word: status for status, words in cells.LICENCE_STATUSES.items() for word in words if len(word) > 2}
    of_licence = {plain(word): kind for kind, words in TICKED.items() for word in words}
    return of_status | of_licence


def tick_of_stack(stack: tuple[str, ...]) -> str:
    """What a tick under a heading says: a licence status, "permit", "registration", or ""."""
    leaf = next((each for each in reversed(stack) if each), "")
    return next((kind for bare in _bare(leaf) if (kind := _ticked().get(bare))), "")


def _group(key: str) -> str:
    return "registration" if key == "credit_code" else key


def _in_group(key: str, over: str, above: list[str]) -> str:
    """permit over period -> permit_period; period over from under permit -> permit_from."""
    if key not in OF_A_LICENCE:
        return key
    kinds = [_group(said[0]) for said in map(meaning, above) if said]
    owner = next((kind for kind in kinds if kind in ("permit", "registration")), "")
    return f"{owner}_{key}" if owner else key


def nearest_heading(title: str) -> str | None:
    """The key of which a heading may be a misspelt word, None when it is like none."""
    word = nearest_word(title, _words().keys(), MISSPELT)
    key = _words()[word][0] if word else None
    return key if key in HEADERS and key != "serial" else None


def nearest_word(title: str, words: Collection[str], cutoff: int) -> str | None:
    """Of which word a heading that nobody knows may be a misspelling; `cutoff` is of rapidfuzz's ratio."""
    from rapidfuzz import fuzz, process

    bare = _unbracketed(title)
    part = says_a_part(title)
    if len(bare) < (2 if part else 3) or len(bare) > 20 or (is_known(title) and not part):
        return None
    found = process.extractOne(bare.lower(), words, scorer=fuzz.ratio, score_cutoff=cutoff)
    return None if found is None or abs(len(found[0]) - len(bare)) > 2 else found[0]


def called(key: str) -> str:
    """How what a column is taken as is called."""
    return HEADERS[key][0] if key in HEADERS else OF_PARTS[key]

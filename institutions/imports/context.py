"""What the lines around a table say of its rows: township, licence status and survey day, in a sheet's name, a title or
the heading of a section."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from institutions.imports import cells, passed
from institutions.imports.tables import Table
from institutions.models import Division
from institutions.places import County

STATUS_WORDS = {word: status for status, words in cells.LICENCE_STATUSES.items() for word in words if len(word) > 3}
DAY = re.compile(r"(20\d{2}) ?[年.\-/] ?(\d{1,2}) ?[月.\-/] ?(\d{1,2}) ?日?")
# 2018年9月1日至12月31日: the last day has its year before.
RANGE = re.compile(
    r"(20\d{2}) ?[年.\-/] ?\d{1,2}(?: ?[月.\-/] ?\d{1,2} ?日?)?月? ?(?:至|到|~|—|–|-)+"
    r" ?(\d{1,2}) ?[月.] ?(\d{1,2}) ?日?(?!\d|[.\-/年])"
)
AND_OTHERS = re.compile(r"等.{0,3}?(个|镇|乡|街|地)")  # 柳市镇等5个镇街
# 柳市镇共20家,无证无照5家; 排摸表(其中无证无照779所); 柳市镇(无证无照1家): how many of those below are so, not all.
OF_A_PART = re.compile(r"其中.*|(?<=.)(?<![)、])\([^()]*[证照][^()]*\d+[家所个户间]\)")
COUNT = re.compile(r"\d+[家所个户间]")
# 填报单位:柳市镇人民政府(盖章): what stands behind says of whom the list is.
OF_WHOM = re.compile(
    r"(?:填报|报送|上报|填表|制表|排摸|摸排|所属|所在)?(?:单位|乡镇|镇街|街道|镇\(街道\)|乡镇\(街道\)|辖区)(?:名称|\(.{1,4}\))?[::]\s*(.+)"
)
# 说明:无证无照的请注明, 不含无证无照, 柳市镇以外: how it is to be filled in, and what is not there.
STATES_NOTHING = re.compile(
    r"^(填[表报写])?(说明|须知|要求)|^备?注(?![销册])|提示|(?<![申邀提])请|格式|如[“\"]|例如|填[写入在]"
    r"|不含|不包[括含]|不统计|剔除|除外|(?<![清排消废])除.{1,12}(?<!校)外|以外|之外|另[行表报附]"
)
NUMBERED = re.compile(
    r"^(第?[一二三四五六七八九十]{1,3}(?:[、.:]|部分)|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.)])\s*"
)


@dataclass(frozen=True)
class Said:
    """What is said of a row beside its own cells, and where."""

    township: Division | None = None
    township_in: str = ""
    status: str = ""
    status_in: str = ""
    disagree: tuple[Division, ...] = ()  # townships of the title and of the sheet's name, where they are not the same


class Context:
    """The lines around one table."""

    def __init__(self, table: Table, county: County):
        self.table, self.county = table, county
        self._of_sections: dict[tuple[str, ...], Said] = {}
        self._with_lines = table.lines.all_sections

    def said(self, sections: tuple[str, ...]) -> Said:
        """What holds of a row in these sections: the nearest that says something."""
        if sections not in self._of_sections:
            self._of_sections[sections] = self._under(sections)
        return self._of_sections[sections]

    def _under(self, sections: tuple[str, ...]) -> Said:
        """What the headings say that hold, else what holds of the whole table."""
        lines = self._holding(sections)
        said, own = self._whole, self._said_in(lines)
        if own.township:
            said = replace(said, township=own.township, township_in=own.township_in, disagree=())
        return replace(said, status=own.status, status_in=own.status_in) if own.status else said

    def _holding(self, sections: tuple[str, ...]) -> list[str]:
        """The headings that hold, the nearest first: one numbered like another before it ends that and what stood under
        it. 其他, 待核实 below institutions of 柳市镇 ends what was said without a number; right below 柳市镇 it is
        a part of it."""
        holding: list[tuple[str, str]] = []
        for at, text in enumerate(sections):
            style = self._style(text)
            ended = {style}
            if style == "other" and sections[:at] in self._with_lines and not passed.tells_more_of(text):
                ended = ended if any(other == style for other, _ in holding) else {"township", "status"}
            level = next((place for place, (other, _) in enumerate(holding) if other in ended), len(holding))
            holding[level:] = [(style, text)]
        return [text for _, text in reversed(holding)]

    def says_closed(self, sections: tuple[str, ...]) -> str:
        """The line that says of the rows in these sections that they are closed, or ""."""
        lines = [*self._holding(sections), *self.table.above]
        return next((line for line in lines if passed.says_closed(line)), "")

    def _said_in(self, lines: list[str]) -> Said:
        """The first of the lines that says a township, and the first that says a status."""
        of_township = next((line for line in lines if self._township(line)), "")
        of_status = next((line for line in lines if _status(line)), "")
        return Said(self._township(of_township), of_township, _status(of_status), of_status)

    def _style(self, text: str) -> str:
        """How a heading is numbered, 一、 and 二、 alike; without a number what it speaks of."""
        if found := NUMBERED.match(cells.text(text)):
            return re.sub(r"[一二三四五六七八九十\d]+", "1", found[1])
        return "township" if self._township(text) else "status" if _status(text) else "other"

    @cached_property
    def _whole(self) -> Said:
        """What the sheet's name and the lines above the header say of every row; the nearest line first."""
        lines = [*self.table.above, self.table.sheet.name]
        named = dict.fromkeys(found for line in lines if (found := self._township(line)))
        return replace(self._said_in(lines), disagree=tuple(named) if len(named) > 1 else ())

    @cached_property
    def survey_day(self) -> tuple[date, str] | None:
        """The last day that a line above the header or the sheet's name states, and the line."""
        for line in [*self.table.above, self.table.sheet.name]:
            written = cells.text(line)
            for found in [*RANGE.findall(written), *reversed(DAY.findall(written))]:
                try:
                    return date(*map(int, found)), line
                except ValueError:
                    continue
        return None

    def _township(self, text: str) -> Division | None:
        """The one township that a line names."""
        text = NUMBERED.sub("", _stated(text))
        of_whom = OF_WHOM.match(text)
        bare = re.sub(r"\(.*?\)|[::].*$", "", of_whom[1] if of_whom else text).strip()
        bare = re.sub(r"[\s\-—_]*\d+\s*[家所个户间]$", "", bare)
        if AND_OTHERS.search(bare):
            return None
        if found := self.county.named(bare):
            return found
        named = {each for name, each in self.county.townships.items() if name in bare}
        if len(named) > 1:  # 北白象镇 is named where 白象镇 is: the longest counts
            longest = {name for name in self.county.townships if name in bare}
            named = {
                self.county.townships[name]
                for name in longest
                if not any(name != other and name in other for other in longest)
            }
        return named.pop() if len(named) == 1 else None


def _stated(text: str) -> str:
    """A line without brackets that say how to fill it in or what it leaves out; "" where it says nothing else."""
    bare = re.sub(r"\((.*?)\)", lambda found: "" if STATES_NOTHING.search(found[1]) else found[0], cells.text(text))
    return "" if STATES_NOTHING.search(bare) else bare


def _status(text: str) -> str:
    """The one licence status that a line names of all that stands below it, or ""."""
    whole = re.sub(r"[“”\" ]", "", _stated(text))
    found, own = _statuses(whole), OF_A_PART.sub("", whole)
    return found.pop() if len(found) == 1 and found == _statuses(own) and len(COUNT.findall(own)) < 2 else ""


def _statuses(text: str) -> set[str]:
    return {status for word, status in STATUS_WORDS.items() if word in text}

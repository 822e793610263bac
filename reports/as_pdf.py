"""The report as PDF, set by typst: data goes in as JSON, so no name can become markup."""

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from reports.pictures import divisions_svg, trend_svg
from reports.placeholders import NOT_IN_XML, placeholders

if TYPE_CHECKING:
    from reports.printed import Printed

TEMPLATE = Path(__file__).resolve().parent / "templates" / "reports" / "monthly.typ"
SYSTEM_FONTS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
# For text, the title, heads and numbers of pages: the first that is there. A bureau's own come with REPORT_FONT_DIR.
NOTO = ["Noto Serif CJK SC", "Noto Sans CJK SC"]
FONTS = {
    "text": ["FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", *NOTO],
    "title": ["FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXBSJW--GB1-0", *NOTO],
    "head": ["SimHei", "黑体", "Noto Sans CJK SC", *NOTO],
    "small": ["KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", *NOTO],
}


class NoChineseFont(Refusal):
    """typst would fall back to a font without Chinese, silently."""

    code = "no_chinese_font"
    status = 503


def as_pdf(printed: "Printed") -> bytes:
    """The report set in the first of FONTS that is installed. Raises NoChineseFont when none is."""
    import typst

    own = [Path(settings.REPORT_FONT_DIR)] if settings.REPORT_FONT_DIR else []
    fonts = _fonts(tuple(str(folder) for folder in own + SYSTEM_FONTS if folder.exists()))
    there = {str(family) for family in fonts.families()}
    # Those of FONTS and the whole of NOTO after it: a rare character is looked for in the next one.
    chosen = {use: [name for name in dict.fromkeys([*names, *NOTO]) if name in there] for use, names in FONTS.items()}
    if not chosen["text"]:
        raise NoChineseFont(
            _("没有找到中文字体，不能生成 PDF。请安装 fonts-noto-cjk，或用 REPORT_FONT_DIR 指定存放字体的文件夹。")
        )
    said = placeholders(printed)
    said |= {
        "fonts": chosen,
        "trend_picture": trend_svg(printed["trend"], chosen["head"][0]),
        "divisions_picture": divisions_svg(printed["townships"], chosen["head"][0]),
    }
    content = json.dumps(_plain(said), ensure_ascii=False)
    return typst.compile(str(TEMPLATE), font_paths=fonts, sys_inputs={"report": content})


@lru_cache(maxsize=4)
def _fonts(folders: tuple[str, ...]) -> Any:
    """The fonts of these folders, which are read once a process."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def _plain(value: Any) -> Any:
    """Without the signs that no document can show."""
    if isinstance(value, str):
        return NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value

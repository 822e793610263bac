"""The report as PDF, set by typst: data goes in as JSON, so no name can become markup."""

import json
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from reports.as_docx import placeholders
from reports.monthly import MonthlyReport

TEMPLATE = Path(__file__).resolve().parent / "templates" / "reports" / "monthly.typ"
CHINESE_FONTS = ["FangSong_GB2312", "FangSong", "Noto Serif CJK SC", "Noto Sans CJK SC"]
SYSTEM_FONTS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]


class NoChineseFont(Refusal):
    """typst would fall back to a font without Chinese, silently."""

    code = "no_chinese_font"
    status = 503


def as_pdf(report: MonthlyReport) -> bytes:
    """The report set in one of CHINESE_FONTS. Raises NoChineseFont when none is installed."""
    import typst

    own = [Path(settings.REPORT_FONT_DIR)] if settings.REPORT_FONT_DIR else []
    folders = [folder for folder in own + SYSTEM_FONTS if folder.exists()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(f) for f in folders])
    chosen = [name for name in CHINESE_FONTS if name in {str(family) for family in fonts.families()}]
    if not chosen:
        raise NoChineseFont(
            _("没有找到中文字体，不能生成 PDF。请安装 fonts-noto-cjk，或用 REPORT_FONT_DIR 指定存放字体的文件夹。")
        )
    content = json.dumps({**placeholders(report), "fonts": chosen}, ensure_ascii=False)
    return typst.compile(str(TEMPLATE), font_paths=fonts, sys_inputs={"report": content})

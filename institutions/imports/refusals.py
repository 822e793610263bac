"""Every sentence with which an import refuses, warns or asks: why was row 37 refused?

In the order in which a file goes through: file, header, cell, row, against the register, when it is written, when it is
taken back. Each says what was wrong, what was received, what is accepted. The readers fill in the braces (`.format`).
In the language of whoever asks; the names of columns are those of the file and stay as they are.
"""

from django.utils.translation import gettext_lazy as _

# --- The command
ERRORS, DUPLICATES, WARNINGS = _("错误"), _("可能重复"), _("提醒")
CHANGED, NEW = _("变更"), _("新增")
COUNTED = _("新增 {new},变更 {changed},无变化 {unchanged}。")
WRITTEN = _("批次 {batch};撤销:manage.py rollback_import {batch}")
NOTHING_WRITTEN = _("试运行,没有写入。")
LISTED_ROW = _("[{title}] 第{row}行 {name}:{what}")
NOT_LISTED = _("[{title}] 还有 {rest} 行没有列出,用 --format json 可看全部。")
TAKEN_BACK = _("批次 {batch}({file})已撤销。")
NO_SUCH_COUNTY = _("没有代码为“{code}”的县(市、区),例:330382。")
ERRORS_OVER_FILE = _("--errors 写明的就是要导入的文件,会把它覆盖;请换一个 .xlsx 文件名。")
ERRORS_NOT_WRITABLE = _("不能把错误写到 {place}:{why}。请换一个可写的位置。")
FILE_NOT_READABLE = _("不能读取或写入 {place}:{why}。")
DATABASE_REFUSED = _("数据库拒绝了这一批,没有写入任何内容:{why}")
FILE_NAME_HAS_ID_NUMBER = _("文件名含身份证号，系统不存身份证号。请给文件改名后再导入。")
HAS_ERRORS = _("{count} 处错误,没有写入任何内容。")
NO_SUCH_BATCH = _("没有批次 {batch}。")

# --- The file
TOO_MANY_BYTES = _("文件超过 10 MB 的上限。请只保留名册所在的工作表。")
NOT_XLSX_OR_CSV = _("不能读取“{ending}”文件,请另存为 .xlsx 或 .csv。")
CSV_TOO_LARGE = _("CSV 超过 {most_rows} 行、{most_columns} 列的上限(读到第 {rows} 行,{columns} 列),请分成几个文件。")
CSV_BROKEN = _("CSV 第 {row} 行读不了:单元格过长,或引号没有配对。")
CSV_ENCODING = _("CSV 的编码不是 UTF-8 或 GB18030,请在 Excel 中另存为“CSV UTF-8”。")
NOT_A_ZIP = _("这不是 .xlsx 文件(打不开压缩包),请在 Excel 中重新另存。")
TOO_MANY_PARTS = _("工作簿内有 {parts} 个部件,超过 {most} 个的上限。")
NOT_A_WORKBOOK = _("这不是 Excel 工作簿,请在 Excel 中另存为 .xlsx。")
STRANGE_PART = _("工作簿内有不应有的部件“{part}”。")
HAS_MACROS = _("工作簿带有宏,请另存为不带宏的 .xlsx。")
STRANGE_COMPRESSION = _("工作簿的压缩方式不是 Excel 所用的,已拒绝。请在 Excel 中重新另存。")
INFLATES_TOO_MUCH = _("工作簿解开后超过 100 MB,请只保留名册所在的工作表。")
DAMAGED_OR_ENCRYPTED = _("工作簿已损坏或加密,请重新另存、去掉密码。")
STRANGE_RATIO = _("工作簿的压缩比异常,已拒绝。请在 Excel 中重新另存。")
HAS_DOCTYPE = _("工作簿的 XML 中有 DOCTYPE,已拒绝。请在 Excel 中重新另存。")
NOT_UTF8 = _("工作簿的部件“{part}”不是 UTF-8 编码的 XML,已拒绝。请在 Excel 中重新另存。")
READ_TOO_LONG = _("读取工作簿超过 60 秒,已停止。请只保留名册所在的工作表。")
READ_FAILED = _("读取工作簿失败:文件损坏,或所用区域过大。请把名册复制到新的工作簿再试。")
SHEET_TOO_LARGE = _(
    "工作表用到 {rows} 行、{columns} 列,超过 {most_rows} 行、{most_columns} 列。请删去名册以外的单元格。"
)

# --- A remark about a row, and what a row would set
OF_A_ROW = _("第{row}行 {column}:{message}")
BECOMES = _("{title} {old} → {new}")
NOTHING = _("(空)")
VALID = _("{number}({first}至{last})")
LONG_TERM = _("长期")

# --- The header
NO_HEADER = _("前 {within} 行中没有找到表头。至少要有“机构名称”和另一列;可用的列:{known}。")
NO_INSTITUTIONS = _("表头下面没有任何机构。")
COLUMNS_NOT_TAKEN = _("这些列不读取,其中内容没有导入:{titles}")  # warns

# --- A cell
ID_NUMBER_ALONE = _("填的是身份证号,系统不存身份证号,请删去")
ID_NUMBER_INSIDE = _("含身份证号,系统不存身份证号,请删去")
ID_NUMBER_AS_PHONE = _("电话一栏填的是身份证号,系统不存身份证号,请删去")
ID_NUMBER_AT_PERSON = _("负责人一栏含身份证号,系统不存身份证号,请删去")
DAY_WITHOUT_YEAR = _("“{given}”没有年份,请写全,例:2025-12-31")
NOT_A_DAY = _("“{given}”不是日期,例:2025-12-31")
NOT_A_PERIOD = _("“{given}”不是有效期,例:2017-09-01至2020-08-31")
PERIOD_BACKWARDS = _("“{given}”的截止日期早于起始日期")
CODE_BECAME_NUMBER = _("“{given}”被表格软件改成了数字,已不完整,请把该列设为文本后重新填写 18 位代码")
NOT_A_CODE = _("“{given}”不是统一社会信用代码,应为 18 位数字或大写字母(不含 I O S V Z)")
CODE_CHECK_FAILS = _("“{given}”的校验位不符,请核对")  # warns
UNUSUAL_PERMIT = _("“{given}”不是常见的许可证号样式(教民+15位数字)")  # warns
NOT_A_PHONE = _("“{given}”不是电话号码,例:13800000000 或 0577-62000000")
NOT_A_STATUS = _("“{given}”不是证照情况,可填:{known}")
NOT_WHOLE = _("“{given}”不是整数,例:120")
NOT_A_NUMBER = _("“{given}”不是数字,例:120")
NUMBER_TOO_LARGE = _("“{given}”过大,最大 {most}")
AREA_ROUNDED = _("“{given}”按一位小数记为 {kept}")  # warns
NOT_DEGREES = _("“{given}”不是经纬度,例:120.96 和 28.12")
TOO_LONG = _("“{given}”有 {length} 个字,最多 {most} 个")

# --- A row by itself; what a form is asked, too, is in institutions/rules.py
NOT_A_TOWNSHIP = _("“{given}”不是{here}的乡镇(街道)")
NOT_A_TOWNSHIP_BUT = _("“{given}”不是{here}的乡镇(街道),例:{known}")
NO_TOWNSHIP = _("没有填写,地址中也认不出乡镇(街道)或村社区")
PERMIT_WITHOUT_PERIOD = _("填了许可证号,但没有有效期也没有排摸日期,例:2017-09-01至2020-08-31")
PERMIT_ENDS_BEFORE_PERIOD = _("{last} 早于有效期自 {first}")
PERMIT_ENDS_BEFORE_SURVEY = _("{last} 早于排摸日期 {first}")

# --- A row against the register and the rows before it
ON_FILE = _("已登记的“{name}”({address})")
ROW_BEFORE = _("第{row}行的“{name}”({address})")
NO_ADDRESS = _("无地址")
CODE_AND_PERMIT_DISAGREE = _("是“{of_permit}”的,而信用代码是“{of_code}”的,请核对")
TWICE_IN_FILE = _("与第{row}行重复")
SAME_INSTITUTION_TWICE = _("与第{row}行是同一家已登记的机构“{name}”")
SAME_NAME = _("与{known}同名同乡镇,请人工判断是否同一家")  # asks
NEAR_NAME_SAME_DOOR = _("与{known}地址相同、名称相近,请人工判断是否同一家")  # asks
SURVEY_NOT_REWRITTEN = _(
    "登记在册的是“{on_file}”,表中是“{given}”。排摸结果不改写:排摸登记有误的,撤回后重新登记;没有错的,请改正本行"
)
MOVES = _("登记在册的是“{on_file}”,登记为自导入之日起迁入“{given}”")  # warns
MOVES_SINCE_SURVEY = _("登记在册的是“{on_file}”,登记为自排摸之日起在“{given}”")  # warns
FORMER_NAME_KEPT = _("“{given}”是“{name}”的曾用名,名称不改;确已改回的,请在档案中编辑")  # warns
SURVEY_AFTER_CLOSING = _("{given} 晚于登记在册的停办日期 {ceased_on}")
PERMIT_END_KEPT = _("登记在册的有效期至“{on_file}”,表中是“{given}”,导入不改")  # warns
LICENCE_CORRECTED = _("证号“{number}”的登记已更正过，不再登记；确实无误的，请在档案中新增")  # warns
TOO_MANY_TO_COMPARE = _("同一地址的机构过多,名称相近的只比较了前 {most} 对")  # warns

# --- When it is written
PLAN_MOVED_ON = _("您查看之后名册有变动，这份文件现在要做的已不一样。下面是最新的预览，请核对后再确认。")
ROW_NOT_WRITTEN = _("第{row}行“{name}”写不进去:{why} 没有写入任何内容。")

# --- When it is taken back
UNDONE_ALREADY = _("这一批已于 {at} 撤销。")
ROW_HOLDS_BATCH = _("第{row}行“{name}”{why},不能撤销这一批。")
ROW_OF_NOBODY = _("第{row}行的机构已不在册,不能撤销这一批。")
NOTHING_KEPT = _("导入时没有留下撤销所需的资料")
EDITED_SINCE = _("的档案后来被人修改过")
IMPORTED_SINCE = _("已被后来的导入改过,请先撤销后来的一批")
VISITED_SINCE = _("已有走访在这一批之后登记")
ROUND_SINCE = _("已有整改在这一批之后登记")
LICENCE_SINCE = _("已有证照在这一批之后登记")
MERGED_SINCE = _("已有其他机构并入")
LICENCE_TOUCHED_SINCE = _("由这一批登记的证照后来被人修改过")
LICENCE_TAKEN_BACK = _("撤销导入")  # why the licences of the batch are withdrawn
HELD_BY_DATABASE = _("有后来的记录依赖这一批,不能撤销,什么都没有改:{why}")

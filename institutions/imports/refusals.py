"""Every sentence with which an import refuses, warns or asks: why was row 37 refused?

In the order in which a file goes through: file, header, cell, row, against the register, when it is written, when it is
taken back. Each says what was wrong, what was received, what is accepted. The readers fill in the braces (`.format`).
In the language of whoever asks; the names of columns are those of the file and stay as they are.
"""

from django.utils.translation import gettext_lazy as _

# --- The command
ERRORS, DUPLICATES, WARNINGS = _("错误"), _("可能重复"), _("提醒")
CHANGED, NEW = _("变更"), _("新增")
COUNTED = _("新增 {new}，变更 {changed}，无变化 {unchanged}。")
WRITTEN = _("批次 {batch}；撤销：manage.py rollback_import {batch}")
NOTHING_WRITTEN = _("试运行，没有写入。")
LISTED_ROW = _("[{title}] 第{row}行 {name}：{what}")
NOT_LISTED = _("[{title}] 还有 {rest} 行没有列出，用 --format json 可看全部。")
TAKEN_BACK = _("批次 {batch}（{file}）已撤销。")
NO_SUCH_COUNTY = _("没有代码为“{code}”的县（市、区），例：330382。")
ERRORS_OVER_FILE = _("--errors 写明的就是要导入的文件，会把它覆盖；请换一个 .xlsx 文件名。")
ERRORS_NOT_WRITABLE = _("不能把错误写到 {place}：{why}。请换一个可写的位置。")
FILE_NOT_READABLE = _("不能读取或写入 {place}：{why}。")
DATABASE_REFUSED = _("数据库拒绝了这一批，没有写入任何内容：{why}")
ANSWER_WITHOUT_VALUE = _("--answer 应写成 KEY=VALUE，收到“{given}”。")
HAS_ERRORS = _("{count} 处错误，没有写入任何内容。")
FILE_NAME_HAS_ID_NUMBER = _("文件名含身份证号，系统不存身份证号。请给文件改名后再导入。")
NO_SUCH_USER = _("没有用户 {username}，或已停用。")
NO_SUCH_BATCH = _("没有批次 {batch}。")

# --- The file
TOO_MANY_BYTES = _("文件超过 {most} MB 的上限。请只保留名册所在的工作表。")
EMPTY_FILE = _("文件是空的。")
NOT_XLSX_OR_CSV = _("不能读取“{ending}”文件，请另存为 .xlsx 或 .csv。")
IS_A_PICTURE = _("这是图片，不是表格。请上传 .xlsx 工作簿或 .csv 文件。")
IS_PACKED = _("这是压缩包，请先解压，再上传里面的表格。")
IS_NO_TABLE = _("这是 {what} 文件，不是表格。请把名册复制到 Excel 中，另存为 .xlsx。")
IS_XLSB = _("这是 .xlsb 工作簿，请在 Excel 中另存为 .xlsx。")
IS_WEB_PAGE = _("这是网页，里面没有表格。请在 Excel 中打开，另存为 .xlsx。")
CSV_TOO_LARGE = _(
    "CSV 超过 {most_rows} 行、{most_columns} 列的上限（读到第 {rows} 行，{columns} 列），请分成几个文件。"
)
CSV_BROKEN = _("CSV 第 {row} 行读不了：单元格过长，或引号没有配对。")
CSV_DAMAGED = _("CSV 第 {row} 行有损坏的字（文件是 UTF-8 编码），请改正这一行，或在 Excel 中重新另存。")
CSV_ENCODING = _("CSV 的编码不是 UTF-8、UTF-16 或 GB18030。请在 Excel 中另存为“CSV UTF-8”。")
NOT_A_ZIP = _("这不是 {ending} 文件（打不开压缩包），请在 Excel 中重新另存为 .xlsx。")
TOO_MANY_PARTS = _(
    "工作簿里的图片、附件和工作表太多（共 {parts} 个，最多 {most} 个）。请把名册复制到新的工作簿，不带图片。"
)
NOT_A_WORKBOOK = _("这不是 Excel 工作簿，请在 Excel 中另存为 .xlsx。")
HOLDS_A_FILE = _("工作簿里嵌有另一个文件“{part}”，请删去后重新另存。")
STRANGE_NAME = _("工作簿里有来历不明的内容“{part}”，已拒绝。请把名册复制到新的工作簿再试。")
HAS_MACROS = _("工作簿带有宏，请另存为不带宏的 .xlsx。")
HAS_PASSWORD = _("文件设有打开密码，读不了。请在 Excel 中去掉密码，重新另存。")
OLE_NOT_A_WORKBOOK = _("这不是 Excel 工作簿，或已损坏。请在 Excel 中打开，另存为 .xlsx。")
STRANGE_COMPRESSION = _("工作簿的压缩方式不是 Excel 所用的，已拒绝。请在 Excel 中重新另存。")
INFLATES_TOO_MUCH = _("工作簿解开后超过 {most} MB。请只保留名册所在的工作表，删去图片。")
DAMAGED_OR_ENCRYPTED = _("工作簿已损坏（可能没有传完），或设有密码。请重新另存、去掉密码后再上传。")
STRANGE_RATIO = _("工作簿的压缩比异常，已拒绝。请把名册复制到新的工作簿再试。")
HAS_DOCTYPE = _("工作簿里有不允许的内容（DOCTYPE），已拒绝。请在 Excel 中重新另存。")
PICTURE_HAS_DOCTYPE = _("工作簿里的图片“{part}”不能接受，请删去图片后重新另存。")
NOT_UTF8 = _("工作簿里的文字不是 UTF-8 编码（{part}），已拒绝。请在 Excel 中重新另存。")
READ_TOO_LONG = _("读取文件超过 {seconds} 秒，已停止。请只保留名册所在的工作表。")
READ_FAILED = _("读取文件失败：文件损坏，或所用区域过大。请把名册复制到新的工作簿再试。")
SHEET_TOO_LARGE = _(
    "工作表“{sheet}”在第 {rows} 行第 {columns} 列还有内容，超过 {most_rows} 行、{most_columns} 列的上限。"
    "请删去名册以外的内容，或分成几个文件。"
)
TOO_MANY_CELLS = _("工作簿共有超过 {most} 个单元格。请只保留名册所在的工作表，或分成几个文件。")

# --- What was assumed of the file, or passed over in it: remarks
READ_AS_WEB_PAGE = _("这是以 .xls 保存的网页，按其中的表格读取；数字和日期都是文字。")
READ_AS_ENCODING = _("文字按 {encoding} 编码读取。")
DIVIDED_BY = _("各列按“{sign}”分开读取。")
DIVIDED_BY_TABS = _("各列按制表符分开读取。")
DIVIDED_BY_SEMICOLONS = _("各列按分号分开读取。")
DIVIDED_BY_BARS = _("各列按竖线分开读取。")
QUOTES_AS_SIGNS = _("文件中的引号没有配对，按普通字读取。")
TEXTS_UNWRAPPED = _('有 {count} 个单元格写成 ="…" 或以 \' 开头（从第{row}行起），只取其中的文字。')
SIGN_WITHOUT_CODE = _("工作表“{sheet}”第{row}行 {column}列有别的电脑显示不出的字（{code}），请核对并改成正确的字。")
SIGN_WITHOUT_CODE_IN_TEXT = _("第{row}行 {column}列有别的电脑显示不出的字（{code}），请核对并改成正确的字。")
MORE_SIGNS_WITHOUT_CODE = _("另有 {count} 个单元格也有这样的字。")
BLANK_FORMULAS = _("工作表“{sheet}”有 {count} 个公式的结果是空的，也可能是没有计算过，请在 Excel 中打开核对。")
HIDDEN_SHEET_CUT = _("隐藏的工作表“{sheet}”过大，只读到上限为止。")
PICTURES_NOT_READ = _("工作簿中有 {count} 张图片，图片不读取。")
COMMENTS_NOT_READ = _("工作簿中有 {count} 处批注，批注不读取。")
BOXES_NOT_READ = _("工作簿中有 {count} 个文本框，文本框不读取。")

# --- A remark about a row, and what a row would set
OF_A_ROW = _("第{row}行 {column}：{message}")
OF_A_ROW_OF_A_SHEET = _("工作表“{sheet}”第{row}行 {column}：{message}")
BECOMES = _("{title} {old} → {new}")
NOTHING = _("（空）")
VALID = _("{number}（{first}至{last}）")
LONG_TERM = _("长期")

PARTS_NEED_SOMEBODY = _("检查和整改须由有权限的人登记：请在网页上导入，或加 --by 用户名")

# --- The header
NO_HEADER = _("没有找到名册的表头。至少要有“机构名称”和另一列；可用的列：{known}。")
NO_INSTITUTIONS = _("表头下面没有任何机构。")
ONLY_AN_EXAMPLE = _("表中只有填写示例，没有机构，没有可导入的内容")  # warns
HIDDEN_COLUMNS_READ = _("隐藏的列也一样读取：{columns}")  # warns
COLUMNS_NOT_TAKEN = _("这些列不读取，其中内容没有导入：{titles}")  # warns

# --- What is not read, and why
NOT_READ = _("未读取：{where}{what}，{reason}")
QUOTED = _("“{what}”")
AND_MORE = _("{what} 等")
ROW, ROWS, COLUMN = _("第{first}行"), _("第{first}–{last}行"), _("{column}列")
WHOLE_FILE = _("整份文件")
OF_A_SHEET = _("工作表“{sheet}”{where}")
FROM_COLUMN = _("{column}列起的表")
SHEET_HIDDEN = _("工作表是隐藏的（{rows} 行）")
SHEET_CHART = _("不是表格，是图表或对话框")
SHEET_EMPTY = _("是空的")
SHEET_WITHOUT_TABLE = _("没有认出名册的表头（{rows} 行）")
TABLE_OF_COUNTS = _("是按乡镇或类别汇总的表，不是机构名册")
TABLE_OF_OTHERS = _("是另一张表，没有机构名称一列")
LIST_OF_CHANGES = _("是系统导出的变动名单，不是机构名册")
TABLE_WITHOUT_ROWS = _("只有表头，下面没有机构")
COLUMN_NOT_TAKEN = _("这一列的内容不导入")
PASSED_TITLE = _("标题行")
PASSED_HEADER = _("重复的表头")
PASSED_SECTION = _("分组的标题行")
PASSED_SUM = _("合计、小计一类的行")
PASSED_SIGNED = _("填表、审核一类的落款")
PASSED_NOTE = _("备注、说明一类的行")
PASSED_EXAMPLE = _("填写示例")
PASSED_NUMBERED = _("只有序号的空行")
PASSED_COLUMN_NUMBERS = _("列号行")
PASSED_UNITS = _("单位或填写要求")
PASSED_CONTINUED = _("机构名称与上一行合并，是同一家机构的续行")
PASSED_STRUCK = _("名称划掉了")
PASSED_HIDDEN = _("隐藏或被筛选掉")
PASSED_WITHOUT_NAME = _("没有机构名称，也没有几项内容")

# --- A cell
ID_NUMBER_ALONE = _("填的是身份证号，系统不存身份证号，请删去")
ID_NUMBER_INSIDE = _("含身份证号，系统不存身份证号，请删去")
ID_NUMBER_AS_PHONE = _("电话一栏填的是身份证号，系统不存身份证号，请删去")
ID_NUMBER_AT_PERSON = _("负责人一栏含身份证号，系统不存身份证号，请删去")
ID_NUMBER_REMOVED = _("这里原来是身份证号，已删去，请填写应有的内容，没有的清空")
DAY_WITHOUT_YEAR = _("“{given}”没有年份，请写全，例：2025-12-31")
NOT_A_DAY = _("“{given}”不是日期，例：2025-12-31")
NOT_A_PERIOD = _("“{given}”不是有效期，例：2017-09-01至2020-08-31")
PERIOD_BACKWARDS = _("“{given}”的截止日期早于起始日期")
CODE_BECAME_NUMBER = _("“{given}”被表格软件改成了数字，已不完整，请把该列设为文本后重新填写 18 位代码")
NOT_A_CODE = _("“{given}”不是统一社会信用代码，应为 18 位数字或大写字母（不含 I O S V Z）")
CODE_CHECK_FAILS = _("“{given}”的校验位不符，请核对")  # warns
OLD_REGISTRATION = _("“{given}”是统一社会信用代码以前的登记号，照原样登记，请核对是否已换发 18 位代码")  # warns
ZERO_PUT_BACK = _("“{given}”丢了区号前的 0，按“{repaired}”登记")  # warns
NO_NUMBER_YET = _("“{given}”不是号码，按还没有号码登记")  # warns
WORDS_LEFT_OUT = _("“{given}”中的文字不导入，登记为“{kept}”")  # warns
NUMBER_AND_PERIOD = _("“{given}”是证号和有效期，分别登记")  # warns
PHONE_OF_PERSON = _("“{given}”是姓名和电话，分别登记")  # warns
UNUSUAL_PERMIT = _("“{given}”不是常见的许可证号样式（教民+15位数字）")  # warns
NOT_A_PERMIT = _("“{given}”不是许可证号，请填写号码；有没有许可证，写在“证照情况”一列")
NOT_A_PHONE = _("“{given}”不是电话号码，例：13800000000 或 0577-62000000")
NOT_A_STATUS = _("“{given}”不是证照情况，可填：{known}")
NOT_WHOLE = _("“{given}”不是整数，例：120")
NOT_A_NUMBER = _("“{given}”不是数字，例：120")
NUMBER_TOO_LARGE = _("“{given}”过大，最大 {most}")
ONLY_A_HOUSE = _("只有门牌号，没有路名或小区；路名写在另一列的，请写到一起")  # warns
AREA_ROUNDED = _("“{given}”按一位小数记为 {kept}")  # warns
NOT_DEGREES = _("“{given}”不是经纬度，例：120.96 和 28.12")
TOO_LONG = _("“{given}”有 {length} 个字，最多 {most} 个")

BECAME_DAY = _("“{given}”是日期或时间，多半是表格软件把“5-3”一类的文字改成了日期，请把该列设为文本后重新填写")
BECAME_TRUE = _("“{given}”不是文字，是表格软件的“真/假”值，请重新填写")
BECAME_EXPONENT = _("“{given}”被表格软件改成了科学计数法，已不完整，请把该列设为文本后重新填写")
PERSON_IS_NUMBER = _("“{given}”是数字，不是姓名，请看是不是与电话填反了")
NOTHING_KNOWN = _("“{given}”没有写明内容，按没有填写登记")  # warns
ENTITIES_READ = _("“{given}”中的网页符号已还原：“{read}”")  # warns
NUMBER_NOT_WORDS = _("“{given}”是数字，这一列应填文字，多半是公式的结果或日期的序数，请重新填写")
BECAME_OTHER = _("“{given}”不是数字，请重新填写")
ROW_TOO_LONG = _("这一行比表头多出几格，多半是内容中的逗号没有加引号，各格可能错开了，请检查")
CELL_UNREAD = _("单元格显示 {given}，读不到内容，请改正公式或直接填写")
CELL_UNCALCULATED = _("单元格是没有计算结果的公式，请在表格软件中打开并保存，或直接填写")
DIGITS_LOST = _("“{given}”超过 15 位，表格软件已改动后面的数字，请把该列设为文本后重新填写")
NAME_IS_ZERO = _("机构名称是数字 0，多半是公式没有取到内容")
DITTO_WITHOUT_ABOVE = _("写着“{given}”，但上面没有可以沿用的内容")
DITTO_LEFT = _("写着“{given}”，那一列不是同类内容，请直接填写")
DITTO_AND_MORE = _("写着“{given}”，不只是沿用上面的内容，请写全")
ONLY_SIGNS = _("“{given}”不是文字，请重新填写，没有的清空")
DITTO_NAME = _("机构名称写着“{given}”，每一行都要填写名称")
DITTO_TAKEN = _("写着“{given}”，沿用“{value}”")  # warns
SERIAL_TAKEN_OFF = _("名称前的序号“{serial}”已去掉")  # warns
MASKED = _("“{given}”是隐去了一部分的，不导入")  # warns
SERIAL_OF_1904 = _("工作簿用 1904 日期系统，“{given}”按 {day} 读取")  # warns
DAY_ADDED = _("“{given}”只显示到月或没有年份，其余是表格软件补上的，请写全，例：2025-12-31")
OLD_CODE_WITHOUT_DAY = _("“{given}”已登记；没有发证日期和排摸日期，证照没有登记")  # warns
PERIOD_NOT_TAKEN = _(
    "营业执照（登记证）的有效期“{given}”没有登记：没有起始日期和排摸日期，或证照情况写的是没有照"
)  # warns
REGISTRATION_WITHOUT_DAY = _("“{given}”没有登记为证照：没有有效期，也没有排摸日期")  # warns
FORMER_NOT_ON_FILE = _("曾用名“{given}”没有登记在册，不导入")  # warns
SHORT_TOWNSHIP = _("地址只写“{given}”，按“{name}”登记")  # warns
MENTIONS_ANOTHER = _("地址中提到“{given}”，按所填登记为“{name}”")  # warns
MENTIONED_TOWNSHIP = _("按地址中提到的“{given}”登记为“{name}”")  # warns
TAKEN_FROM_LINE = _("没有填写，到第{last}行共 {count} 行按“{line}”登记为“{value}”")  # warns
NOT_THE_SECTION = _("填的是“{given}”，而所在的“{line}”是另一个乡镇，按所填登记")  # warns
STATUS_NOT_THE_SECTION = _("填的是“{given}”，而所在的“{line}”是另一种，按所填登记")  # warns
STATUS_WITHOUT_PERMIT = _("证照情况是“{status}”，却填了那一天有效的办学许可证，请核对")  # warns
NOT_A_TICK = _("“{title}”一列是打勾的，“{given}”不是勾：有的打 √，没有的空着或打 ×")
TICKED_TWICE = _("打了不止一个勾（{names}），只能有一个")
TICK_DISAGREES = _("打勾的是“{ticked}”，与证照情况一列不同")
COUNTY_UNKNOWN = _("认不出“{given}”是哪个县（市、区），按{here}登记")  # warns
NO_CATEGORY = _("{count} 家没有写类别，按“{category}”登记，可在档案中改")  # warns
DATUM_UNKNOWN = _(
    "坐标系不明，{count} 家的经纬度照原样记下并标明，在地图上可能偏几百米；问明后请用正确的坐标系重新导入"
)  # warns
MERGED_SINCE_LIST = _("“{name}”已并入“{into}”，按“{into}”核对")  # warns
COUNT_OF_PERIODS = _("证号有 {numbers} 个，有效期有 {periods} 个，对不上")

# --- What is asked
ASKS = _("{message}（请答复 {key}：{choices}）")
ASKS_DAY = _("{message}（请答复 {key}：日期，例：2018-12-31；{choices}）")
NO_SUCH_CHOICE = _("答复“{given}”不在可选之列。")
TOOK_DEFAULT = _("{message}没有答复，按“{default}”处理（{key}）")
ANSWERS_UNUSED = _("这些答复没有用到：{keys}")
LEFT_OUT_BY_ANSWER = _("按答复不导入")
CHOICE_LEAVE_OUT = _("不导入这一行")
CHOICE_LEAVE_OUT_THEM = _("不导入")
CHOICE_KEEP_NAME = _("名称就是这样，照原样登记")
CHOICE_WITHOUT_MARK = _("照常登记，名称中去掉它")
CHOICE_READ = _("照常导入")
CHOICE_DROP_STRUCK = _("只取没有划掉的部分")
CHOICE_WHOLE = _("连同划掉的部分一起取")
CHOICE_NO_SURVEY = _("不登记排摸（证照情况不记）")
CHOICE_NO_STATUS = _("不登记排摸（排摸日期不记）")
CHOICE_IGNORE_COLUMN = _("不读取这一列")
CHOICE_THIS_COLUMN = _("就是“{title}”")
CHOICE_OF_PERMIT, CHOICE_OF_REGISTRATION = _("办学许可证的"), _("营业执照或登记证的")
CHOICE_SAME, CHOICE_OTHER = _("是同一家，按本行更改"), _("是另一处办学点，另行登记")
ASK_NAME = _("“{given}”不像机构名称，怎么处理？")
ASK_ALONE = _("这一行只有“{given}”，别的都空着，是机构名称吗？")
ASK_MARK = _("名称中的“{mark}”不是名称的一部分，怎么处理？")
ASK_TOWNSHIP = _("乡镇一栏是“{column}”，地址在“{address}”，以哪个为准？")
ASK_TOWNSHIPS_OF_CELL = _("乡镇一栏写着几个乡镇（{names}），在哪一个？")
ASK_TOWNSHIP_LINE = _("“{line}”是“{column}”，地址在“{address}”，以哪个为准？")
ASK_TOWNSHIPS = _("地址中提到几个乡镇（{names}），在哪一个？")
ROWS_NAMED = _("第{rows}行")
ASK_NAME_ABOVE = _("这些行没有机构名称，写有问题或整改。是上一行那一家的，还是漏写了名称？")
CHOICE_OF_ABOVE, CHOICE_NAME_MISSING = _("是上一行那一家的"), _("漏写了名称")
ASK_TOWNSHIP_ABOVE = _("乡镇一栏只在每组第一行填写，下面空着的各行与上面写明的同属一个乡镇（街道）吗？")
CHOICE_ABOVE, CHOICE_NOT_ABOVE = _("是，与上面最近写明的相同"), _("不是，这些行没有填写")
TOWNSHIP_SPELT = _("乡镇一栏每行一个字，连起来读作“{name}”")
ASK_TOWNSHIP_OF_LINES = _("标题和工作表名称写的是不同的乡镇（{names}），在哪一个？")
ASK_SURVEY_DAY = _("填了证照情况，没有排摸日期。排摸是哪一天？")
ASK_SURVEY_DAY_OF_LINES = _("标题写明了证照情况，没有排摸日期。排摸是哪一天？")
ASK_SURVEY_DAY_OF_TITLE = _("填了证照情况，没有排摸日期；“{line}”写着 {day}。排摸是哪一天？")
CHOICE_IGNORE_WORD = _("这一项不导入类别")
CHOICE_NOT_FILLED_IN = _("没有填写，不登记")
CHOICE_HERE = _("就在本县，照常登记")
ASK_CATEGORY = _("类别“{given}”认不得，是哪一类？")
ASK_BLANK_TICKS = _("有些行办学许可证和营业执照都没有打勾，是两证都没有，还是没有填写？")
ASK_ELSEWHERE = _("地址“{address}”像在{other}，不在{here}，怎么处理？")
ASK_STATUS = _("填了排摸日期，没有证照情况。这些行的证照情况一律是什么？")
ASK_STRUCK_ROWS = _("第{rows}行的机构名称划掉了，要导入吗？")
ASK_STRUCK_PARTS = _("有些单元格划掉了一部分（{cells}），取哪一部分？")
ASK_HIDDEN_ROWS = _("第{rows}行是隐藏或被筛选掉的，要导入吗？")
ASK_VALIDITY = _("{column}列“{title}”在“{beside}”后面，是哪个证照的？")
ASK_HEADING = _("{column}列的表头“{title}”认不得，是不是“{meant}”？")
ASK_STATUSES = _("{column}列“{title}”写的都是证照情况，是不是“{meant}”？")
ASK_CLOSED_SHEET = _("工作表“{sheet}”写的是已关停的机构，要导入吗？")
ASK_SHEET = _("工作表“{sheet}”像是示例或作废的，要导入吗？")
ASK_CLOSED_BY_COLUMN = _("“{title}”一列写着有些机构已关停，这些要导入吗？")
ASK_TWO_IN_ONE = _("{column}列“{title}”像是写了两项，分不开。只是“{meant}”吗？两项都有的，请先在表格中分成两列")
ASK_UNIT = _("{column}列“{title}”的单位是“{unit}”，没有换算。读取吗？")
ASK_CLOSED = _("“{line}”下面的机构是已关停的，要导入吗？")
ASK_NAMES = _("“{given}”像是几家机构写在一格里。是几家的，请分成几行，每行一家；怎么处理？")
ASK_PLACES = _("地址写着几处（{address}）。是几个办学点的，请分成几行，每处一行；怎么处理？")
CHOICE_ONE_PLACE = _("照原样登记为一家")
ASK_CAMPUS_OF_PERMIT = _("办学许可证号与已登记的“{name}”（{address}）相同，名称和地址都不同，是同一家吗？")
ASK_PERMIT_TWICE = _("办学许可证号与{row}相同，名称和地址都不同，是同一许可证的另一处办学点吗？")
ASK_PERMIT_AGAIN = _("办学许可证号和名称与{row}相同，地址不同，是同一许可证的另一处办学点吗？")
CHOICE_CAMPUS = _("是另一处办学点，各登记一家")
ASK_COLUMN = _("{column}列“{title}”读取吗？")
ASK_CAMPUS = _("统一社会信用代码与已登记的“{name}”（{address}）相同，名称和地址都不同，是同一家吗？")
ASK_RENAMED = _("曾用名是已登记的“{name}”（{address}），地址对不上，是同一家吗？")
ASK_MOVED = _("统一社会信用代码和名称与已登记的“{name}”（{address}）相同，地址不同，是搬迁还是另一处？")
SAME_OPERATOR = _("与{known}是同一信用代码的几处办学点，各登记一家")  # warns
PLACE_KEPT = _("“{given}”是以前的地址或乡镇，不改")  # warns
NOW_STATUS_NOT_TAKEN = _("是导出时的证照情况，由登记的证照得出，不导入")
GOES_ON = _("与{row}是同一家机构，检查和整改列在那一行")  # warns
SAME_ROW_AGAIN = _("与{row}是同一家机构，内容相同，只算一次")

# --- A row by itself; what a form is asked, too, is in institutions/rules.py
NOT_THIS_COUNTY = _("“{given}”不是{here}")
NOT_A_TOWNSHIP = _("“{given}”不是{here}的乡镇（街道）")
NOT_A_TOWNSHIP_BUT = _("“{given}”不是{here}的乡镇（街道），例：{known}")
NO_TOWNSHIP = _("没有填写，地址中也认不出乡镇（街道）或村社区")
PERMIT_WITHOUT_PERIOD = _("填了许可证号，但没有有效期也没有排摸日期，例：2017-09-01至2020-08-31")
PERMIT_ENDS_BEFORE_PERIOD = _("{last} 早于有效期自 {first}")
PERMIT_ENDS_BEFORE_SURVEY = _("{last} 早于排摸日期 {first}")

# --- A row against the register and the rows before it
ON_FILE = _("已登记的“{name}”（{address}）")
ROW_BEFORE = _("第{row}行的“{name}”（{address}）")
ROW_BEFORE_OF_A_SHEET = _("工作表“{sheet}”第{row}行的“{name}”（{address}）")
NO_ADDRESS = _("无地址")
CODE_AND_PERMIT_DISAGREE = _("是“{of_permit}”的，而信用代码是“{of_code}”的，请核对")
TWICE_IN_FILE = _("与{row}重复")
SAME_INSTITUTION_TWICE = _("与{row}是同一家已登记的机构“{name}”")
SAME_NAME = _("与{known}同名同乡镇，请人工判断是否同一家")  # asks
NEAR_NAME_SAME_DOOR = _("与{known}地址相同、名称相近，请人工判断是否同一家")  # asks
ALIKE = _("与{known}{reasons}，请人工判断是否同一家")  # asks
SURVEY_NOT_REWRITTEN = _(
    "登记在册的是“{on_file}”，表中是“{given}”。排摸结果不改写：排摸登记有误的，撤回后重新登记；没有错的，请改正本行"
)
JUDGED_BEFORE = _(
    "排摸以前已有整改 {number}，按责令当日记为“{counts}”，排摸时证照情况按此登记；表中的“{given}”不采用"
)  # warns
MOVES = _("登记在册的是“{on_file}”，登记为自导入之日起迁入“{given}”")  # warns
MOVES_SINCE_SURVEY = _("登记在册的是“{on_file}”，登记为自排摸之日起在“{given}”")  # warns
FORMER_NAME_KEPT = _("“{given}”是“{name}”的曾用名，名称不改；确已改回的，请在档案中编辑")  # warns
SURVEY_AFTER_CLOSING = _("{given} 晚于登记在册的停办日期 {ceased_on}")
PERMIT_END_KEPT = _("登记在册的有效期至“{on_file}”，表中是“{given}”，导入不改")  # warns
LICENCE_CORRECTED = _("证号“{number}”的登记已更正过，不再登记；确实无误的，请在档案中新增")  # warns
TOO_MANY_TO_COMPARE = _("同一地址的机构过多，名称相近的只比较了前 {most} 对")  # warns

# --- What somebody made of a cell: a comment in the marked workbook
CELL_FIXED = _("已改：原为“{old}”，{by} {at}")

# --- When it is written
PLAN_MOVED_ON = _("您查看之后名册有变动，这份文件现在要做的已不一样。下面是最新的预览，请核对后再确认。")
PLAN_NOT_SHOWN = _("没有收到您查看的预览，请先查看预览，再确认导入。")
PLAN_HAS_ERRORS = _("预览中还有错误或没有答复的问题，不能导入。")
PLAN_IS_OLD = _("还有 {count} 处答复、改正或判断没有计入预览，请先重新预览，核对后再确认。")
IMPORTED_AND_CLOSED = _("这份名册已经导入，不能再改。要改，请先撤销导入。")
FIX_TOO_LONG = _("最多 {most} 个字，收到 {length} 个。")
IMPORTED_ALREADY = _("这份名册已于 {at} 导入。要再次导入，请先撤销。")
RUN_UNDER_WAY = _("这份名册正在处理，请等它完成。")
NO_SUCH_CELL = _("没有单元格“{given}”，应写成：虹桥镇!D7。")
NO_SUCH_ROW = _("预览中没有第“{given}”行，请重新打开预览。")
NO_SUCH_CANDIDATE = _("这一行没有把它列为可能重复的机构。")
NO_SUCH_COLUMN = _("“{given}”不是可选的列。")
NAME_IS_NEEDED = _("每张名册都要有“机构名称”一列。")
COLUMN_TWICE = _("“{title}”选了两次：{columns}。一项只能取自一列。")
SHEET_IS_NEEDED = _("至少要有一张工作表是名册。")
NO_LONGER_PERMITTED = _("发起人已没有导入名册的权限。")
RUN_BROKE_OFF = _("处理时发生意外，没有写入任何内容。请再试一次；仍不行的，请联系系统管理员。")
ROW_NOT_WRITTEN = _("第{row}行“{name}”写不进去：{why} 没有写入任何内容。")

# --- When it is taken back
UNDONE_ALREADY = _("这一批已于 {at} 撤销。")
ROW_HOLDS_BATCH = _("第{row}行“{name}”{why}，不能撤销这一批。")
ROW_OF_NOBODY = _("第{row}行的机构已不在册，不能撤销这一批。")
NOTHING_KEPT = _("导入时没有留下撤销所需的资料")
EDITED_SINCE = _("的档案后来被人修改过")
IMPORTED_SINCE = _("已被后来的导入改过，请先撤销后来的一批")
VISITED_SINCE = _("已有走访在这一批之后登记")
ROUND_SINCE = _("已有整改在这一批之后登记")
LICENCE_SINCE = _("已有证照在这一批之后登记")
MERGED_SINCE = _("已有其他机构并入")
LICENCE_TOUCHED_SINCE = _("由这一批登记的证照后来被人修改过")
LICENCE_TAKEN_BACK = _("撤销导入")  # why the licences of the batch are withdrawn
UNFINISHED = _(
    "这个县（市、区）上次导入“{file}”中断了（批次 {batch}），只写了一部分。请先撤销：manage.py rollback_import {batch}"
)
CHANGED_SINCE = _("这家机构的档案已被他人更新，请刷新后再改。")
UNFINISHED_TAKEN_BACK = _("上次导入“{file}”中断了，已先撤销（批次 {batch}）。")
HELD_BY_DATABASE = _("有后来的记录依赖这一批，不能撤销，什么都没有改：{why}")

"""What the import of a ledger says of a row: what it would do, what is wrong, what is asked. As in refusals.py of the
registry's own import, each says what was found and what is accepted; the readers fill in the braces."""

from django.utils.translation import gettext_lazy as _

# --- What a row would do
VISIT, SURVEY, ORDER = _("登记检查"), _("首次排摸"), _("责令整改")
SUBMIT, STRIKE_OFF = _("提交整改"), _("台账销号")
AND = _("，")
FOUND = _("发现：{findings}")
FOUND_NOTHING = _("没有发现问题")
BY = _("检查人：{names}")
DUE = _("期限 {due}")
ENDS_AS = _("{on} 提交，拟以“{outcome}”办结")
WAITS = _("{on} 销号，待另一人核验后生效")
WAITS_FOR_DAY = _("待另一人核验，以核验当天为销号日期")
COUNTED = _("台账：登记检查 {visits} 次，责令整改 {orders} 轮，提交整改 {submitted} 轮（须由另一人核验后才算销号）。")

DONE = _("登记走访 {visits} 次（含复查），责令整改 {orders} 轮，提交 {submitted} 轮。")
TAKING_BACK = _("登记的走访和整改一并撤下。责令整改的人（导入的人）不能自己撤销，请另一位有权限的人办理。")
TO_STRIKE_OFF = _("台账销号：{count} 家待另一人确认")

# --- Remarks
STATUS_KEPT = _("排摸时证照情况登记在册的是“{on_file}”，表中是“{given}”，不改")
STATUS_OF_ROW_BEFORE = _("排摸时证照情况以前面一行的“{on_file}”为准，本行的“{given}”只作记录")
DUE_BY_SEVERITY = _("没有整改期限，按最重问题的常用期限定为 {due}")
NAMES_KEPT = _("“{names}”不是本县唯一的用户姓名，只写进检查说明")
NEAR_WORDING = _("“{wording}”按“{item}”登记")
NOT_IN_CATALOGUE = _("“{wording}”不是目录中的问题，只写进检查说明")
NOT_ORDERED = _("该机构已于 {on} 销号，这次检查在此之前，只登记检查，不责令整改")
SUPPLEMENTED = _("该机构已有未销号的整改 {number}，这次的问题另发补充通知")
HELD = _("这一行的检查和整改先不登记：{why}")
WHY_ANSWER = _("按答复")
WHY_SUBMITTED = _("上一轮整改 {number} 还没有核验销号，核验后再导入")
OF_THIS_FILE = _("（本表第{row}行）")
WHY_OTHER_ROUND = _("整改 {number} 还没有销号，与这次检查不是一轮，请先办结")
WHY_OTHER_VISIT = _("{on} 已登记过检查，当时没有登记这些问题：{findings}")
MORE_FINDINGS = _("整改 {number} 中没有“{findings}”，不补登；确有这些问题的，请另行登记检查")
ENDED_OTHERWISE = _("整改 {number} 已于 {on} 以“{outcome}”销号，台账写的是“{given}”，不改")
SUBMITTED_OTHERWISE = _("整改 {number} 已提交为“{outcome}”，台账写的是“{given}”，不改")
ENDED_IN_WORDS = _("问题只写进检查说明，没有责令整改，“{given}”也只写进检查说明")
NOT_DONE_YET = _("“{given}”不是已经完成的日子，按没有日期登记")
WAS_RETURNED = _("整改 {number} 提交后被退回，不重复提交，请按退回原因办理")
ASKED_SINCE = _("整改 {number} 于 {on} 另有补充通知，不按 {done} 的完成日期提交，请另行办理")
DAY_FROM_RECHECK = _("没有完成日期，按复查日期 {on} 提交")
SUSPENDED_IS_OPEN = _("“{given}”不是办结，仍按未完成登记")
OPEN_WITHOUT_RESULT = _("这一行没有整改结果；同一次检查的其他问题写着已办结，整轮仍按未完成登记")
NOTE_CUT = _("问题的说明超过 {most} 字，只登记前面部分，全文在检查说明里")

# --- Errors
DONE_BEFORE_VISIT = _("完成日期 {done} 早于检查日期 {visited}")
DONE_BEFORE_ORDER = _("完成日期 {done} 早于整改 {number} 的责令日期 {on}")
STATUS_DENIES = _("证照情况“{status}”与存在问题“{item}”不符")
RECHECK_BEFORE_VISIT = _("复查日期 {rechecked} 早于检查日期 {visited}")
RECHECK_BEFORE_DONE = _("复查日期 {rechecked} 早于完成日期 {done}")
DUE_BEFORE_VISIT = _("整改期限 {due} 早于检查日期 {visited}")
DUE_TOO_LATE = _("整改期限 {due} 离检查日期超过三年")
STRUCK_OFF_EARLY = _("销号日期 {struck} 早于 {done} 的完成或复查日期")
IN_THE_FUTURE = _("日期 {day} 在今天之后")
DONE_WITHOUT_PROBLEM = _("写着“{given}”，但没有存在问题；请补写问题，或清空整改结果")
OPEN_BUT_DONE = _("写着“{given}”，却填了完成日期 {done}")
STRUCK_OFF_BUT_OPEN = _("已销号，整改结果却是“{given}”")
CLOSED_BUT_OPERATING = _("写着“{given}”，经营状态却是“{operating}”")
CLOSED_BUT_SEEN = _("写着“{given}”，而 {on} 的检查仍见在办学")
NOT_A_TICK = _("“{given}”不是勾：有的打 √，没有的空着或打 ×")
TICKED_TWICE = _("打了不止一个勾（{names}），只能有一个")
TICK_DISAGREES = _("打勾的是“{ticked}”，整改结果写的是“{given}”")
NOT_A_TERM = _("“{given}”不是期限，例：2025-12-31 或 30日内")
NOT_YES_OR_NO = _("“{given}”不是销号情况，可填：是、否或销号日期")
TEXT_REFUSED = _("说明里含身份证号，系统不存身份证号，请删去")
NO_PERMISSION = _("登记检查和整改须有本县的走访登记、责令和提交权限，{user} 没有。")

# --- Questions
ASK_LEDGER = _("这份表写有检查和整改（存在问题、整改情况等列），要登记吗？")
TAKE, IGNORE = _("登记检查和整改"), _("只导入机构，这些列不读取")
HOLD = _("这些行的检查和整改先不登记")
HOLD_ROW = _("这一行的检查和整改先不登记")
ASK_FINDING = _("“{wording}”是问题目录中的哪一项？答复后记住，下次不再问。")
NOT_AN_ITEM = _("不是目录中的问题，只写进检查说明")
ASK_VISITED_ON = _("写有问题或整改，没有检查日期。检查是哪一天？")
ASK_OUTCOME = _("“{given}”算哪一种整改结果？答复后记住，下次不再问。")
STILL_OPEN = _("还没有整改完成")
ASK_HOW = _("写着“{given}”；排摸时“{status}”的机构不能只算整改完成，是怎样办结的？")
ASK_HOW_DONE = _("填了完成日期 {on}，没有整改结果。是怎样办结的？")
CONFINED = _("整改完成：退回登记范围内经营，登记范围按“{scope}”")
ASK_DONE_ON = _("写着“{given}”，没有完成日期。是哪一天完成的？")
ASK_STRUCK_OFF = _("已整改的没有销号日期。哪一天算销号？都要由另一人核验后才生效。")
AT_COMPLETION = _("按完成日期（有复查的按复查日期）")
AT_VERIFICATION = _("按核验人确认的那一天")
ASK_STATUS = _("这些机构还没有排摸过，表中也没有证照情况。这些行的证照情况一律是什么？")
NOT_A_SURVEY = _("不登记排摸（检查照常登记，排摸以前不计入统计）")

# --- What is kept with the visit
FROM_LEDGER = _("来自台账。")
NOTE = _("{title}：{text}")
PLACES = {
    "inspectors": _("检查人"), "problems": _("存在问题"), "found": _("检查情况"), "measures": _("整改措施"),
    "progress": _("整改情况"), "done_on": _("完成日期"), "recheckers": _("复查人"), "recheck": _("复查情况"),
    "owner": _("责任人"), "remark": _("备注"), "outcome": _("整改结果"), "licence_status": _("证照情况"),
}  # fmt: skip

# --- When it is taken back
TAKEN_BACK = _("撤销导入：{file}")
NEEDS_ANOTHER = _("这一批登记了检查和整改，须写明由谁撤销：请在网页上办理，或加 --by 用户名。")
ROW_HOLDS = _("第{row}行“{name}”{why}，不能撤销这一批。")
STRUCK_OFF_SINCE = _("的整改 {number} 已销号")
MOVED_SINCE = _("的整改 {number} 后来又办理过")
VISITED_SINCE = _("的整改 {number} 后来又检查过")

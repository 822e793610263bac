"""The audit trail in words: one table for what is done, one for what it is done to, one for what is kept with it.

Every room's actions stand here, by their codes alone: a code that is written anywhere and has no words fails a test.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

GROUPS: dict[str, tuple[str | Promise, Words]] = {
    "registry": (
        _("机构与证照"),
        {
            "institution.registered": _("登记机构"),
            "institution.edited": _("编辑"),
            "institution.surveyed": _("首次排摸"),
            "institution.survey_withdrawn": _("撤回排摸"),
            "institution.moved": _("迁址"),
            "institution.renamed": _("更名"),
            "institution.ceased": _("停办"),
            "institution.operating_again": _("恢复办学"),
            "institution.withdrawn": _("已撤销登记"),
            "institution.duplicate_decided": _("判断是否同一家"),
            "institution.merged": _("并入另一家"),
            "institution.took_over": _("另一家并入"),
            "institution.taken_apart": _("拆分，恢复单独登记"),
            "institution.let_go": _("并入的一家拆分"),
            "licence.added": _("新增证照"),
            "licence.revoked": _("吊销或注销证照"),
            "licence.corrected": _("更正证照"),
            "licence.ended": _("提前终止证照"),
            "licence.withdrawn": _("撤回证照"),
            "import.received": _("收到名册"),
            "import.answered": _("答复名册的问题"),
            "import.committed": pgettext_lazy("done", "导入名册"),
            "import.rolled_back": _("撤销导入"),
            "geocoding.started": _("开始自动定位"),
            "geocoding.stopped": _("停止自动定位"),
        },
    ),
    "field": (
        _("走访与整改"),
        {
            "visit.recorded": _("登记走访"),
            "visit.withdrawn": _("撤回走访"),
            "visit.quarantined": _("同一编号收到不同内容，另存"),
            "visit.settled": _("核对另存的内容"),
            "photo.stored": _("照片到达"),
            "rectification.ordered": _("责令整改"),
            "rectification.supplemented": _("发补充通知"),
            "rectification.notice_replaced": _("更正通知书"),
            "rectification.notice_withdrawn": _("撤回通知书"),
            "rectification.submitted": _("提交整改"),
            "rectification.returned": _("退回整改"),
            "rectification.extended": _("延长期限"),
            "rectification.verified": _("核验销号"),
            "rectification.voided": _("作废整改"),
        },
    ),
    "reading": (
        _("查阅与导出"),
        {
            "search": _("搜索"),
            "personal_data.read": _("查看个人信息"),
            "export": _("导出"),
            "audit.verified": _("核对审计记录"),
        },
    ),
    "accounts": (
        _("账号与授权"),
        {
            "user.added": _("新建账号"),
            "user.edited": _("修改账号"),
            "user.password_changed": pgettext_lazy("done", "更改密码"),
            "user.signed_in": _("登录"),
            "user.signed_out": _("退出"),
            "user.sign_in_failed": _("登录失败"),
            "user.locked_out": _("登录被锁定"),
            "second_factor.enrolled": _("启用两步验证"),
            "second_factor.recovery_code_used": _("使用恢复码"),
            "second_factor.recovery_codes_renewed": _("更换恢复码"),
            "second_factor.removed": _("取消两步验证"),
            "grant.saved": _("授权"),
            "grant.removed": _("取消授权"),
            "token.created": _("发放接口令牌"),
            "token.revoked": _("吊销接口令牌"),
            "lock.lifted": _("解除登录锁定"),
        },
    ),
    "shared": (
        _("目录与区划"),
        {
            "division.added": _("新增区划"),
            "division.edited": _("修改区划"),
            "division.renamed": _("区划更名"),
            "division.merged": _("区划撤并"),
            "findingtype.added": _("新增问题目录项"),
            "findingtype.edited": _("修改问题目录项"),
            "demonstration.loaded": _("装入演示数据"),
        },
    ),
}
ACTIONS: Words = {action: words for _label, actions in GROUPS.values() for action, words in actions.items()}

OBJECTS: Words = {
    "institutions.institution": _("培训机构"),
    "institutions.licence": _("证照"),
    "institutions.importbatch": _("导入批次"),
    "institutions.registerfile": _("收到的名册"),
    "mapping.geocodingrun": _("自动定位"),
    "inspections.visit": _("走访"),
    "inspections.quarantinedvisit": _("另存的走访"),
    "inspections.rectification": _("整改"),
    "accounts.user": _("账号"),
    "accounts.grant": _("授权"),
    "axes.accessattempt": _("登录锁定"),
    "institutions.division": _("行政区划"),
    "inspections.findingtype": _("问题目录项"),
    "institutions.demonstration": _("演示数据"),
}

# What is kept with an action beside the columns of its object; and columns that have no name of their own.
KEPT: Words = {
    "reason": _("原因"),
    "from_on": _("自"),
    "answers": _("答复"),
    "into": _("并入"),
    "merged": _("并入的登记"),
    "answer": _("判断"),
    "other": _("与哪一家"),
    "findings": _("问题"),
    "photos": _("照片"),
    "sha256": _("照片"),
    "institutions": _("机构数"),
    "where": _("在哪里"),
    "q": _("查询词"),
    "found": _("找到"),
    "institution": _("机构"),
    "fields": _("内容"),
    "what": _("导出内容"),
    "question": _("条件"),
    "format": _("格式"),
    "rows": _("行数"),
    "personal": _("含个人信息"),
    "checked": _("核对行数"),
    "broken": _("不符行数"),
    "broken_rows": _("不符的记录"),
    "token_key": _("令牌"),
    "address": _("网络地址"),
    "second_factor": _("两步验证"),
    "wrong": _("错在哪里"),
    "left": _("剩余"),
    "file_name": _("文件名"),
    "username": _("用户名"),
    "ip_address": _("网络地址"),
    "failures": _("失败次数"),
    "settled_at": _("核对时间"),
    "settled_by_id": _("核对人"),
    "submitted_by_id": _("提交人"),
    "verified_by_id": _("核验人"),
    "voided_by_id": _("作废人"),
    "opened_by_visit_id": _("走访"),
    "parent_id": _("上级"),
    "provider": _("地图服务"),
    "limit": _("至多家数"),
}

# Values of the above that are codes: of what was exported, where a search was made, which fields were read.
CODES: Words = {
    "institutions": _("机构列表"),
    "institution": _("机构档案"),
    "institution_edit": _("机构编辑页"),
    "ledger": _("整改台账"),
    "statistics": _("统计表"),
    "monthly_report": _("月报"),
    "tables": _("分析用数据表"),
    "audit": _("审计记录"),
    "import": _("导入预览"),
    "import-marked": _("标好错误的名册"),
    "geocoding": _("自动定位结果"),
    "api-institutions": _("接口：机构列表"),
    "api-institution": _("接口：机构档案"),
    "api-phone": _("接口：拨打电话"),
    "api-rectifications": _("接口：整改台账"),
    "rectifications": _("整改台账"),
    "search": _("查找页"),
    "visits-new": _("登记走访"),
    "password": _("密码"),
    "second_factor": _("两步验证"),
    "present_password": _("当前密码"),
    "same": _("是同一家"),
    "different": _("不是同一家"),
    "later": _("以后再说"),
    "reopened": _("撤回，重新判断"),
    "principal": _("负责人"),
    "phone": _("联系电话"),
}


def action_in_words(code: str) -> str:
    """An action by its words; one without words, of a later release, by its code."""
    return str(ACTIONS.get(code, code))

"""Why an institution was not placed by its address, and what went wrong with a map service: every sentence of it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mapping.models import Precision

# Of one institution.
OFFLINE = "offline"
NO_ADDRESS = "no_address"
NO_MATCH = "no_match"
OUTSIDE_COUNTY = "outside_county"
OTHER_TOWNSHIP = "other_township"
ADDRESS_ELSEWHERE = "address_elsewhere"
TOO_COARSE = "too_coarse"
FAR_AWAY = "far_away"
NO_CENTRE = "no_centre"
CHANGED = "changed"
PLACED_MEANWHILE = "placed_meanwhile"
REFUSED = "refused"
NOT_ASKED = "not_asked"
# Of the map service: the first four end a run, the others one institution's turn, and a run when they go on.
WRONG_KEY = "wrong_key"
FORBIDDEN = "forbidden"
QUOTA = "quota"
NO_PERMISSION = "no_permission"
BAD_QUERY = "bad_query"
TIMEOUT = "timeout"
UNREACHABLE = "unreachable"
UNREADABLE = "unreadable"
BUSY = "busy"
FAULT = "fault"
OTHER_PROVIDER = "other_provider"

SENTENCES: dict[str, str | Promise] = {
    OFFLINE: _("没有配置地图服务，只能定到乡镇（街道）。"),
    NO_ADDRESS: _("没有登记办学地址。"),
    NO_MATCH: _("地图服务查不到这个地址。"),
    OUTSIDE_COUNTY: _("查到的位置在“%(where)s”，不在%(county)s。"),
    OTHER_TOWNSHIP: _("查到的位置在%(where)s，登记的是%(township)s。"),
    ADDRESS_ELSEWHERE: _("地址写的是%(where)s，登记的是%(township)s，请先核对。"),
    TOO_COARSE: _("地图服务只认出了%(precision)s，没有认出具体地点。"),
    FAR_AWAY: _("查到的位置离%(township)s中心 %(km)s 公里，地图服务也没有说它在哪个乡镇（街道）。"),
    NO_CENTRE: _("%(township)s没有登记中心点，请系统管理员在行政区划中补上。"),
    CHANGED: _("其间有人改动了这家机构的档案，留待下次。"),
    PLACED_MEANWHILE: _("其间已由他人定位。"),
    REFUSED: _("这个位置不合登记规则：%(why)s"),
    NOT_ASKED: _("试运行，不向地图服务发请求。"),
    WRONG_KEY: _("地图服务不认密钥，请系统管理员核对 GEOCODER_KEY。"),
    FORBIDDEN: _("密钥没有地址解析的权限，或服务器地址不在它的白名单里。"),
    QUOTA: _("地图服务今天的配额已用完，明天再继续；已定位的保留。"),
    NO_PERMISSION: _("发起人已没有编辑这个辖区登记的权限。"),
    BAD_QUERY: _("地图服务不接受这个地址的写法。"),
    TIMEOUT: _("地图服务没有按时答复。"),
    UNREACHABLE: _("连不上地图服务，或者它出了错。"),
    UNREADABLE: _("地图服务的答复读不懂。"),
    BUSY: _("地图服务说请求太频繁，请把 GEOCODER_PER_SECOND 调小。"),
    FAULT: _("程序出错，已记入日志。已定位的保留，可以再次开始。"),
    OTHER_PROVIDER: _("发起后地图服务的设置已改，请重新开始。"),
}


def in_words(reason: str, told: dict[str, Any] | None = None) -> str:
    """The sentence of a reason; "" for none."""
    told = dict(told or {})
    if "precision" in told:
        told["precision"] = Precision(told["precision"]).label
    return str(SENTENCES[reason]) % told if reason else ""

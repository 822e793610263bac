"""A licence status that is put together of words: 有营业执照，无办学许可证 says what is there and what is not."""

import re

YES, NO, ONLY = "有|已办理?|具备|取得", "无|没有|没办|未办理?|未取得|缺少?|暂无|没", "仅有?|只有|只办"
_PERMIT = "办学许可证|民办学校办学许可证|许可证|办学证|证(?!照|件|书)"
_REGISTRATION = "营业执照|执照|工商执照|登记证书?|民非登记证|民非证|照"
WORD = re.compile(
    rf"(?P<before>{NO}|{ONLY}|{YES})?(?P<what>(?P<permit>{_PERMIT})|{_REGISTRATION})"
    rf"(?P<behind>(?:{NO}|{YES}|齐全)(?![\u4e00-\u9fa5]))?"
)
OF_TWO = {
    (True, True): "full",
    (False, True): "registration_only",
    (True, False): "permit_only",
    (False, False): "none",
}


def status_in_words(written: str) -> str:
    """有办学许可证和营业执照 -> full, 仅营业执照 -> registration_only, 缺营业执照 -> permit_only; "" where it does not
    speak of both."""
    written = re.sub(r"\((?:证照)?齐全\)$", "", written)
    said: dict[str, bool] = {}
    lone, sign = "", ""
    if of_all := re.search(rf"(?:都|均|全)({NO}|{YES}|齐全)$", written):
        written, sign = written[: of_all.start()], of_all[1]
    for found in WORD.finditer(written):
        sign = found["behind"] or found["before"] or sign
        kind = "permit" if found["permit"] else "registration"
        if not sign or kind in said:
            return ""
        said[kind] = not re.fullmatch(NO, sign)
        lone = "only" if re.fullmatch(ONLY, sign) else "lacks" if sign.startswith("缺") else ""
    rest = re.sub(r"[\s、,;。和及与且但是的均都也]", "", WORD.sub("", written))
    if rest or not said:
        return ""
    if len(said) == 1 and lone:
        ((kind, there),) = said.items()
        said[{"permit": "registration", "registration": "permit"}[kind]] = not there
    return OF_TWO[said["permit"], said["registration"]] if len(said) == 2 else ""

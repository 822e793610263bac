"""Licence statuses as sentences."""

import pytest

from institutions.imports import cells
from institutions.imports.cells import BadCell


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("有营业执照，无办学许可证", "registration_only"), ("无办学许可证，有营业执照", "registration_only"),
        ("仅营业执照", "registration_only"), ("只有执照", "registration_only"), ("营业执照有、许可证无", "registration_only"),
        ("有执照没有许可证", "registration_only"), ("缺许可证", "registration_only"), ("未办理办学许可证，已办营业执照", "registration_only"),
        ("有办学许可证无营业执照", "permit_only"), ("缺营业执照", "permit_only"), ("仅有许可证", "permit_only"),
        ("有办学许可证和营业执照", "full"), ("有许可证、有执照", "full"), ("有证有照（齐全）", "full"),
        ("无办学许可证和营业执照", "none"), ("无证、无照", "none"), ("没有证，没有照", "none"), ("无证也无照", "none"),
        ("办学许可证、营业执照都没有", "none"), ("办学许可证、营业执照均无", "none"),
    ],
)  # fmt: skip
def test_sentence_says_of_both_licences(written, status):
    assert cells.licence_status(written) == status


@pytest.mark.parametrize(
    "written",
    [
        "有营业执照",
        "无办学许可证",
        "有证",
        "办理中",
        "有",
        "无",
        "许可证过期",
        "有许可证（过期）无执照",
        "执照与许可证地址不符",
        "无证照相馆",
    ],
)
def test_sentence_that_says_of_one_or_more_is_no_status(written):
    with pytest.raises(BadCell):
        cells.licence_status(written)

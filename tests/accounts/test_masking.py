"""Telephone numbers are masked wherever they stand in a text; what only looks like one is left alone."""

import pytest

from accounts.masking import mask_phones, mask_words


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("电话13800001111，已通知", "电话138****1111，已通知"),
        ("138 0000 1111", "138****1111"),
        ("138-0000-1111", "138****1111"),
        ("+86 13800001111", "138****1111"),
        ("8613800001111", "138****1111"),
        ("１３８００００１１１１共３人", "138****1111共３人"),
        ("0577-62553311", "057****3311"),
        ("（0577）62553311", "057****3311"),
        ("057762553311或13900002222", "057****3311或139****2222"),
        ("010-6255 3311", "010****3311"),
        ("400-800-1234", "400****1234"),
        ("13800001111、13900002222", "138****1111、139****2222"),
    ],
)
def test_telephone_number_is_masked(written, shown):
    assert mask_phones(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "2018-10-01 12:00",
        "20181001",
        "教民133038270001234号",
        "91330382MA2YJ1XR9G",
        "913303820000138000",
        "责改〔2018〕330382-0013号",
        "2018年10月1日起整改 30 天",
        "120.90123, 28.03123",
        "330382114000",
        "面积 1380 平方米，学生 100 人",
        "a3f0-13800001111222",
    ],
)
def test_number_that_is_no_telephone_stays(written):
    assert mask_phones(written) == written


@pytest.mark.parametrize(
    ("searched", "shown"),
    [
        ("王某某", "王**"),
        ("李四 13800001111", "李* 138****1111"),
        ("示例培训中心", "示例培训中心"),
        ("教民133038270001234", "教民133038270001234"),
        ("", ""),
    ],
)
def test_word_that_may_be_a_name_is_masked(searched, shown):
    assert mask_words(searched) == shown

"""Longitudes and latitudes of which nobody knows the datum: taken, marked, and said on the page and by the command."""

import pytest

from institutions.imports.files import receive_file
from institutions.models import Division, Institution
from tests.institutions.test_import_command import run, written

HEAD = ["机构名称", "乡镇", "类别", "经度", "纬度"]
PLACED = ["绘声馆", "柳市镇", "艺术类", "120.8883", "28.0417"]
UNPLACED = ["青竹教育", "柳市镇", "艺术类", "", ""]
SAID = "坐标系不明，1 家的经纬度照原样记下并标明，在地图上可能偏几百米；问明后请用正确的坐标系重新导入"

pytestmark = pytest.mark.django_db


def test_command_says_it(tmp_path):
    told = run(written(tmp_path / "a.csv", PLACED, UNPLACED, head=HEAD), "--datum", "unknown")

    assert [each["message"] for each in told["warnings"]] == [SAID]
    assert [each.datum for each in Institution.objects.order_by("longitude") if each.position] == ["unknown"]


def test_page_says_it(browse, taskforce):
    data = "\n".join(",".join(row) for row in (HEAD, PLACED, UNPLACED)).encode()
    county = Division.objects.get(pk="330382")
    file = receive_file(data, file_name="a.csv", division=county, datum="unknown", by=taskforce)

    assert SAID in browse(taskforce).get(f"/institutions/import/{file.pk}/").content.decode()


@pytest.mark.parametrize(("row", "datum"), [(PLACED, "gcj02"), (UNPLACED, "unknown")])
def test_nothing_is_said_of_a_datum_that_is_known_or_of_no_position(tmp_path, row, datum):
    told = run(written(tmp_path / "a.csv", row, head=HEAD), "--datum", datum)

    assert told["warnings"] == []

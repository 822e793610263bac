"""区划边界 for a clerk: upload, preview over the institutions, putting in force, taking back; who may, and what is kept."""

import hashlib
from datetime import date, timedelta

import pyproj
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditRow
from institutions.actions import rename_division
from institutions.models import Division
from institutions.moments import today
from mapping.models import Boundary, BoundaryCopy, BoundaryFile, BoundarySet
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, institution, user_with
from tests.mapping.boundary_files import (
    NAMES,
    geojson,
    inside,
    moved,
    rows,
    shapefile_parts,
    shifted,
    square,
    zipped,
)

PAGE = "/map/boundaries/"
DECLARED = {
    "division": "330382", "level": "township", "datum": "cgcs2000", "source": "县自然资源局", "approval_number": "浙S（2018）16号",
    "dated_on": "2018-06-30",
}  # fmt: skip


def upload(client, data: bytes, name: str = "townships.zip", **declared):
    return client.post(PAGE, DECLARED | declared | {"file": SimpleUploadedFile(name, data)})


def received(client, data: bytes, **declared) -> BoundaryFile:
    answer = upload(client, data, **declared)
    assert answer.status_code == 302, answer.content.decode()
    return BoundaryFile.objects.get(pk=answer.url.split("/")[-2])


def commit(client, file, **said):
    return client.post(file.get_absolute_url(), {"column": "NAME", "from_on": "2018-07-01"} | said)


def rows_of(answer):
    return {
        row.match.said: (row.division and row.division.pk, row.match.how, row.fit and (row.fit.inside, row.fit.elsewhere, row.fit.nowhere, row.fit.unlocated))
        for row in answer.context["preview"].rows
    }  # fmt: skip


@pytest.fixture
def schools(db):
    """In 柳市镇 two inside, one that lies in 北白象镇 and one without a position; in 磐石镇 one far away."""
    return [
        institution(LIUSHI, name="绘声馆", position=inside(0)),
        institution(LIUSHI, name="青竹教育", position=inside(0, 0.2)),
        institution(LIUSHI, name="晨曦教育", position=inside(1)),
        institution(LIUSHI, name="无位置馆"),
        institution(PANSHI, name="远方馆", position=(120.5, 28.5)),
    ]


def test_upload_is_kept_whole_and_leads_to_its_preview(browse, taskforce):
    data = zipped(shapefile_parts())

    file = received(browse(taskforce), data)

    kept = (file.division_id, file.level, file.datum, file.source, file.approval_number, str(file.dated_on), file.by)
    assert kept == ("330382", "township", "cgcs2000", "县自然资源局", "浙S（2018）16号", "2018-06-30", taskforce)
    assert (bytes(file.content), file.sha256) == (data, hashlib.sha256(data).hexdigest())
    assert AuditRow.objects.get(action="boundaries.received").after["file_sha256"] == file.sha256
    assert browse(taskforce).get(f"{file.get_absolute_url()}file/").content == data
    assert BoundarySet.objects.count() == 0


def test_preview_says_how_many_lie_in_their_own_township(browse, taskforce, schools):
    client = browse(taskforce)
    file = received(client, zipped(shapefile_parts()))

    answer = client.get(file.get_absolute_url())

    assert answer.context["preview"].column == "NAME"
    assert rows_of(answer) == {
        "柳市镇": (LIUSHI, "name", (2, 1, 0, 1)),
        "北白象镇": (NEXT_TO_LIUSHI, "name", (0, 0, 0, 0)),
        "磐石镇": (PANSHI, "name", (0, 0, 1, 0)),
    }
    told = [(each.institution.name, each.own, each.lies_in) for each in answer.context["preview"].outside]
    assert sorted(told) == [("晨曦教育", "柳市镇", "北白象镇"), ("远方馆", "磐石镇", "")]
    assert f'<a href="/institutions/{schools[2].pk}/">晨曦教育</a>' in answer.content.decode()
    assert "2 家在所属区划内，2 家不在，1 家没有位置。" in answer.content.decode()


def test_commit_puts_boundaries_in_force_and_changes_no_institution(browse, taskforce, schools):
    client = browse(taskforce)
    file = received(client, zipped(shapefile_parts()))

    answer = commit(client, file)

    made = BoundarySet.objects.get()
    assert (answer.status_code, made.file, str(made.from_on), made.by) == (302, file, "2018-07-01", taskforce)
    assert list(made.boundaries.values_list("division_id", flat=True)) == list(NAMES)
    assert BoundaryCopy.objects.filter(boundary__set=made, zoom=11).count() == 3
    schools[2].refresh_from_db()
    assert (schools[2].division_id, schools[2].version) == (LIUSHI, 1)
    assert AuditRow.objects.get(action="boundaries.committed").after["rows"] == 3


def test_file_in_force_is_not_put_in_force_twice(browse, taskforce):
    client = browse(taskforce)
    file = received(client, zipped(shapefile_parts()))
    commit(client, file)

    assert commit(client, file).status_code == 409
    assert BoundarySet.objects.count() == 1


def test_set_is_taken_back_with_a_reason_and_stays_on_file(browse, taskforce):
    client = browse(taskforce)
    file = received(client, zipped(shapefile_parts()))
    commit(client, file)

    without = client.post(f"{file.get_absolute_url()}take-back/", {"reason": " "})
    answer = client.post(f"{file.get_absolute_url()}take-back/", {"reason": "拿错了文件"}, follow=True)

    made = BoundarySet.objects.get()
    assert (without.status_code, made.withdrawn_by, made.withdraw_reason) == (422, taskforce, "拿错了文件")
    assert (Boundary.objects.count(), AuditRow.objects.filter(action="boundaries.taken_back").count()) == (3, 1)
    assert "拿错了文件" in answer.content.decode()
    assert commit(client, file).status_code == 302  # and may be put in force again


def test_name_of_before_is_proposed_and_asked_about(browse, taskforce):
    rename_division(Division.objects.get(pk=PANSHI), by=None, name="磐石新镇", from_on=date(2018, 1, 1))
    client = browse(taskforce)
    file = received(client, geojson())

    page = client.get(file.get_absolute_url())
    unanswered = commit(client, file)
    answered = commit(client, file, area_3=PANSHI)

    assert rows_of(page)["磐石镇"][:2] == (PANSHI, "former")
    assert "按曾用名，请确认" in page.content.decode()
    assert unanswered.status_code == 422
    assert "还有 1 个面没有确认是哪个区划：第 3 个。" in unanswered.content.decode()
    assert answered.status_code == 302


def test_name_that_matches_nothing_is_left_out_by_a_person(browse, taskforce):
    client = browse(taskforce)
    file = received(client, geojson(rows(names=NAMES | {"330382125": "飞地"})))

    assert rows_of(client.get(file.get_absolute_url()))["飞地"] == (None, "", None)
    assert commit(client, file, area_3="none").status_code == 302
    assert list(Boundary.objects.values_list("division_id", flat=True)) == [LIUSHI, NEXT_TO_LIUSHI]


def test_file_of_which_nothing_is_used_is_not_put_in_force(browse, taskforce):
    client = browse(taskforce)
    file = received(client, geojson(rows(names={"1": "柳市", "2": "北白象", "3": "磐石"})))

    answer = commit(client, file, area_1="none", area_2="none", area_3="none")

    assert (answer.status_code, BoundarySet.objects.count()) == (422, 0)
    assert "没有一个面被采用。" in answer.content.decode()


def test_short_and_near_names_are_proposed(browse, taskforce):
    client = browse(taskforce)
    names = {"a": "柳市", "b": "浙江省温州市乐清市北白象镇", "c": "磐石镇镇"}
    file = received(client, geojson(rows(names=names)))

    told = rows_of(client.get(file.get_absolute_url()))

    assert [row[:2] for row in told.values()] == [(LIUSHI, "short"), (PANSHI, "near"), (NEXT_TO_LIUSHI, "name")]


@pytest.mark.parametrize(
    ("names", "asked_about"),
    [(["柳市镇", "柳市镇区", "磐石镇"], [2]), (["柳市镇区", "柳市镇郊", "磐石镇"], [1, 2])],
)
def test_near_names_of_one_division_are_left_to_a_person(browse, taskforce, names, asked_about):
    client = browse(taskforce)
    file = received(client, geojson(rows(names=dict(enumerate(names)))))

    told = rows_of(client.get(file.get_absolute_url()))
    unanswered = commit(client, file)
    answered = commit(client, file, **{f"area_{number}": "none" for number in asked_about})

    assert [told[names[number - 1]] for number in asked_about] == [(None, "", None)] * len(asked_about)
    assert f"还有 {len(asked_about)} 个面没有确认是哪个区划" in unanswered.content.decode()
    assert answered.status_code == 302
    taken = [name for number, name in enumerate(names, start=1) if number not in asked_about]
    assert [each.division.name for each in Boundary.objects.order_by("division")] == taken


def test_column_of_codes_is_taken_where_names_are_no_help(browse, taskforce):
    features = [
        ({"XZQMC": "镇", "XZQDM": code + "000"}, rings) for code, (_values, rings) in zip(NAMES, rows(), strict=True)
    ]
    client = browse(taskforce)
    file = received(client, geojson(features))

    answer = client.get(file.get_absolute_url())

    assert answer.context["preview"].column == "XZQDM"
    assert [row[1] for row in rows_of(answer).values()] == ["code"] * 3
    assert client.get(f"{file.get_absolute_url()}?column=XZQMC").status_code == 200


@pytest.mark.parametrize(
    ("declared", "really"), [("wgs84", "gcj02"), ("cgcs2000", "gcj02"), ("gcj02", "wgs84"), ("wgs84", "bd09")]
)
def test_wrong_datum_is_told_by_the_institutions_and_has_to_be_looked_at(browse, taskforce, declared, really):
    # Within 400 m of the northern or southern edge: some 500 m off they lie in no township.
    for place in range(3):
        for north in (0.01, 0.02, 0.03, 0.97, 0.98, 0.99):
            for east in (0.02, 0.3, 0.6, 0.98):
                institution(list(NAMES)[place], position=inside(place, east, north))
    client = browse(taskforce)
    file = received(client, geojson(shifted(really)), datum=declared)

    page = client.get(file.get_absolute_url()).content.decode()
    hasty, looked = commit(client, file), commit(client, file, datum_checked="on")

    label = {"gcj02": "GCJ-02（高德、腾讯）", "bd09": "BD-09（百度）", "wgs84": "WGS-84"}[really]
    assert f"否则按 {label} 重新上传" in page
    assert (hasty.status_code, looked.status_code) == (422, 302)


def test_areas_that_overlap_are_told(browse, taskforce):
    client = browse(taskforce)
    whole = received(client, geojson())
    wide = received(client, geojson(rows([[square(0)], [square(0.1)], [square(2)]])))

    told = [client.get(file.get_absolute_url()).context["preview"].overlaps for file in (whole, wide)]

    assert told == ["", "有 1 处面与面重叠：柳市镇—北白象镇。重叠处的机构可能算到别的区划，请核对文件。"]


def test_right_datum_is_not_doubted(browse, taskforce, schools):
    client = browse(taskforce)

    file = received(client, geojson(shifted("gcj02")), datum="gcj02")

    assert client.get(file.get_absolute_url()).context["preview"].doubt == ""


ZONE_13 = pyproj.Proj("+proj=tmerc +lat_0=0 +lon_0=75 +k=1 +x_0=13500000 +y_0=0 +ellps=GRS80 +units=m")
REFUSED = {
    "twice": (geojson(rows(names={"1": "柳市镇", "2": "柳市镇", "3": "磐石镇"})), {}, "“NAME”列里有 2 个面都是柳市镇（第 1、2 个）。"),
    "elsewhere by code": (
        geojson([({"DM": "330324101"}, [square(0)])]), {}, "第 1 个面（330324101）不在乐清市。请只保留这个辖区的边界。",
    ),
    "nothing matches": (geojson([({"A": "甲"}, [square(0)])]), {}, "没有一列属性对得上乐清市的乡镇（街道）。文件里有：A=甲。"),
    "no attributes": (geojson([({}, [square(0)])]), {}, "图形没有任何属性"),
    "far away": (geojson([({"NAME": "柳市镇"}, [[(x - 5, y) for x, y in square(0)]])]), {}, "不在这个辖区。请核对文件和坐标系。"),
    "metres of web maps": (geojson(moved(rows(), pyproj.Proj("EPSG:3857"))), {}, "坐标系“Web Mercator (EPSG:3857)”不认识。"),
    "zone 13": (geojson(moved(rows(), lambda x, y: ZONE_13(x - 46, y))), {}, "不在这个辖区。请核对文件和坐标系。"),
    "day to come": (geojson(), {"dated_on": str(today() + timedelta(days=2))}, "还没有到。"),
    "another county": (geojson(), {"division": "330324"}, "所选的不在可选的项中"),
    "no datum": (geojson(), {"datum": ""}, "必填"),
    "no source": (geojson(), {"source": ""}, "必填"),
    "ID-card number": (geojson(), {"source": "330382199001011237 提供"}, "含身份证号"),
    "county of itself": (geojson(), {"level": "county"}, "县（市、区）的边界要在所属的市或省上传"),
    "not a file of areas": (b"hello", {}, "这不是边界文件。"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_upload_that_cannot_be_is_refused_and_nothing_is_kept(browse, taskforce, name):
    data, declared, said = REFUSED[name]

    answer = upload(browse(taskforce), data, **declared)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (BoundaryFile.objects.count(), AuditRow.objects.filter(action__startswith="boundaries").count()) == (0, 0)


class Unread:
    def read(self, *_size):
        raise AssertionError("somebody reads it")

    readline = read


def test_200_megabytes_are_refused_before_they_are_read(browse, taskforce):
    client = browse(taskforce)
    unread = {"CONTENT_LENGTH": str(200 << 20), "wsgi.input": Unread()}

    answer = client.generic("POST", PAGE, b"", "multipart/form-data; boundary=x", **unread)

    assert answer.status_code == 413
    assert "文件超过 30 MB 的上限。" in answer.content.decode()


@pytest.mark.parametrize(
    "said", [{"from_on": "2999-01-01"}, {"from_on": "1999-12-31"}, {"from_on": ""}, {"column": "NO"}]
)
def test_commit_that_cannot_be_is_refused(browse, taskforce, said):
    client = browse(taskforce)
    file = received(client, geojson())

    assert commit(client, file, **said).status_code == 422
    assert BoundarySet.objects.count() == 0


@pytest.mark.parametrize("role", ["inspector", "supervisor", "auditor"])
def test_who_may_not_edit_the_registry_may_not_upload(browse, role):
    assert browse(user_with(role, "330382")).get(PAGE).status_code == 403


def test_file_of_another_county_is_absent(browse, taskforce):
    file = received(browse(taskforce), geojson())
    client = browse(user_with("task_force", "330324"))

    paths = [file.get_absolute_url(), f"{file.get_absolute_url()}file/"]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert client.post(f"{file.get_absolute_url()}take-back/", {"reason": "x"}).status_code == 404
    assert file.file_name not in client.get(PAGE).content.decode()


def test_who_edits_one_township_is_told_that_the_county_uploads(browse):
    page = browse(user_with("task_force", LIUSHI)).get(PAGE).content.decode()

    assert "请由县（市、区）整治专班上传。" in page

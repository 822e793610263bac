"""Boundary files that are handed in again, and readings that an earlier release kept."""

import gzip
import json

from accounts.models import AuditRow
from institutions.models import Division
from mapping.boundaries.files import Reading
from mapping.models import BoundaryFile
from tests.factories import user_with
from tests.mapping.boundary_files import geojson, rows, square
from tests.mapping.test_boundary_pages import PAGE, received, upload


def test_file_handed_in_again_is_recognised_and_kept_once(browse, taskforce):
    client = browse(taskforce)
    first = received(client, geojson())

    again = received(client, geojson())
    page = client.get(again.get_absolute_url()).content.decode()

    assert (again, BoundaryFile.objects.count()) == (first, 1)
    assert AuditRow.objects.filter(action="boundaries.received").count() == 1
    assert "上传过，没有再存一份。" in page


def test_file_handed_in_for_the_first_time_is_not_called_known(browse, taskforce):
    client = browse(taskforce)

    file = received(client, geojson())

    assert "上传过" not in client.get(file.get_absolute_url()).content.decode()


def test_file_declared_otherwise_is_kept_and_names_the_one_before(browse, taskforce):
    client = browse(taskforce)
    first = received(client, geojson())

    second = received(client, geojson(), source="测绘院")
    page = client.get(second.get_absolute_url())

    assert BoundaryFile.objects.count() == 2
    assert list(page.context["same"]) == [first]
    assert f'<a href="{first.get_absolute_url()}">' in page.content.decode()


def test_file_of_a_county_out_of_scope_is_not_named(browse, taskforce):
    city = user_with("task_force", "3303")
    received(browse(city), geojson(), division="3303", level="township")
    file = received(browse(taskforce), geojson())

    page = browse(taskforce).get(file.get_absolute_url())

    assert list(page.context["same"]) == []


def test_refused_file_is_refused_again(browse, taskforce):
    client = browse(taskforce)

    statuses = [upload(client, b"hello").status_code for _time in range(2)]

    assert statuses == [422, 422]
    assert client.get(PAGE).status_code == 200


def test_more_overlaps_than_are_told_of_are_said_to_be_at_least_so_many(browse, taskforce):
    names = dict(Division.objects.filter(parent="330382").order_by("pk").values_list("pk", "name")[:11])
    client = browse(taskforce)
    file = received(client, geojson(rows([[square(0.01 * place)] for place in range(11)], names)))

    page = client.get(file.get_absolute_url())

    assert page.context["preview"].overlaps.startswith("至少有 50 处面与面重叠：")  # of 55


def test_reading_of_an_earlier_release_is_read_without_overlaps():
    kept = {"layer": "a", "system": "WGS-84", "encoding": "utf-8", "features": []}

    reading = Reading.unpacked(gzip.compress(json.dumps(kept).encode()))

    assert reading.overlaps == []


def test_more_unknown_areas_than_anybody_answers_for_are_said_and_not_asked(browse, taskforce):
    names = {"1": "柳市镇"} | {str(number): f"片{number}" for number in range(2, 203)}
    client = browse(taskforce)
    file = received(client, geojson(rows([[square(0.01 * place)] for place in range(202)], names)))

    page = client.get(file.get_absolute_url()).content.decode()

    assert "按“NAME”列有 201 个面对不上区划，太多，不能逐个确认（至多 200 个）。" in page
    assert ('<select name="area_' in page, "启用这些边界" in page) == (False, False)

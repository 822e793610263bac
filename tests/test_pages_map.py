"""The map's page and its data: what is asked for, said and refused."""

import pytest

AS_OF = "as_of=2018-12-31"


@pytest.mark.parametrize("zoom", ["²", "１２", "21", "-1", "9" * 5000])
def test_zoom_that_is_none_is_refused(api, inspector, zoom):
    answer = api(inspector).get("/api/v1/map/", {"zoom": zoom})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["zoom"])


@pytest.mark.parametrize("bbox", ["１20,28,121,29", "120,28,121", "nan,28,121,29", "121,28,120,29"])
def test_box_that_is_none_is_refused(api, inspector, bbox):
    answer = api(inspector).get("/api/v1/map/", {"bbox": bbox})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["bbox"])

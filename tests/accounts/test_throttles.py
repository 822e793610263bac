"""The API's requests of one user are counted by all processes together."""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.throttles import PerUser, _count_in_file, count

ROOT = Path(__file__).resolve().parents[2]
URL = reverse("api-institutions")


def count_many(path: Path, times: int) -> None:
    for _ in range(times):
        _count_in_file(path, 7)


def test_processes_count_together(tmp_path):
    path = tmp_path / "requests" / "1"
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=count_many, args=(path, 250)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert _count_in_file(path, 7) == 1001


def test_counter_begins_anew_with_each_window(tmp_path):
    assert [_count_in_file(tmp_path / "1", window) for window in (7, 7, 8, 8, 8)] == [1, 2, 1, 2, 3]


def test_counter_of_several_machines_is_in_their_cache(settings):
    settings.SHARED_CACHE = True
    cache.clear()

    assert [count("1", window, 60) for window in (7, 7, 8)] == [1, 2, 1]
    assert count("2", 7, 60) == 1
    assert not (settings.DATA_DIR / "requests").exists()


@pytest.fixture
def twice_an_hour(monkeypatch):
    monkeypatch.setattr(PerUser, "THROTTLE_RATES", {"user": "2/hour"})


def test_user_above_the_rate_is_told_when_to_come_again(inspector, taskforce, api, twice_an_hour):
    answers = [api(inspector).get(URL) for _ in range(3)]

    left = 3600 - time.time() % 3600
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert abs(int(answers[2]["Retry-After"]) - left) < 60 or left < 60
    assert api(taskforce).get(URL).status_code == 200


def test_request_that_cannot_be_counted_is_answered(inspector, api, settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path / "absent" / "absent"

    assert api(inspector).get(URL).status_code == 200
    assert "could not be counted" in caplog.text


def test_cache_of_several_machines_is_a_setting(tmp_path):
    environment = os.environ | {"CACHE_URL": "rediscache://10.0.0.5:6379/1", "DATA_DIR": str(tmp_path)}
    asked = "import config.settings as its, redis; print(its.SHARED_CACHE, its.CACHES['default']['LOCATION'])"

    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == "True redis://10.0.0.5:6379/1\n"

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from institutions.models import Demonstration, Institution


def test_other_data_is_left_alone(db):
    User.objects.create(username="somebody")

    with pytest.raises(CommandError, match="holds other data"):
        call_command("demo")
    call_command("demo", "--if-empty", stdout=StringIO())

    assert Institution.objects.count() == 0


def test_start_script_puts_no_demonstration_behind_https(db, settings):
    settings.HTTPS = True

    with pytest.raises(CommandError, match="密码是公开的.*make bureau"):
        call_command("demo", "--if-empty")
    assert not User.objects.exists()

    Demonstration.objects.create(loaded_on=date(2018, 12, 31), division_id="330382")
    with pytest.raises(CommandError, match="密码是公开的.*make bureau"):
        call_command("demo", "--if-empty")


def test_start_script_serves_a_bureau_behind_https(db, settings):
    settings.HTTPS = True
    User.objects.create(username="somebody")

    call_command("demo", "--if-empty", stdout=StringIO())

    assert not Demonstration.objects.exists()

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from institutions.models import Institution


def test_other_data_is_left_alone(db):
    User.objects.create(username="somebody")

    with pytest.raises(CommandError, match="holds other data"):
        call_command("demo")
    call_command("demo", "--if-empty", stdout=StringIO())

    assert Institution.objects.count() == 0

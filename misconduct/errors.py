"""What the second ledger refuses, each with its own code, status and sentence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.errors import Refusal

if TYPE_CHECKING:
    from misconduct.models import Person


class FourEyes(Refusal):
    """What somebody recorded is taken back by somebody else."""

    code = "four_eyes"
    status = 403


class TakenBack(Refusal):
    """It was taken back, or put otherwise, since it was read."""

    code = "taken_back"
    status = 409


class SameName(Refusal):
    """There is somebody of this name on the ledger: a person says whether it is the same. Names nobody."""

    code = "same_name"
    status = 409

    def __init__(self, message: str, people: "Sequence[Person]"):
        super().__init__(message, {"same_as": [message]})
        self.people = people

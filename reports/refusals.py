"""What a report's life refuses, each with its own code, status and sentence."""

from django.utils.translation import gettext as _

from accounts.errors import Refusal


class StaleReport(Refusal):
    """Somebody else changed the report since it was read."""

    code = "stale_version"
    status = 412

    def __init__(self, current: int):
        super().__init__(_("这份报告已被他人更新，已显示最新内容，请核对后再办理。"), version=current)


class IllegalStep(Refusal):
    """The report is not in a state in which this can be done."""

    code = "illegal_step"
    status = 409


class FourEyes(Refusal):
    """The second pair of eyes must belong to somebody else."""

    code = "four_eyes"
    status = 403


class Unexplained(Refusal):
    """A contradiction, or a number that was typed, without an explanation."""

    code = "unexplained"


class FiguresMoved(Refusal):
    """What would be submitted is not what was looked at: something became known meanwhile."""

    code = "figures_moved"
    status = 409

"""What the ledger and a visit refuse, each with its own code, status and sentence."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.errors import Invalid, Refusal, enumerated


class IllegalMove(Refusal):
    """The round is not in a state from which this move is legal; says which are. `wanted` is None for an extension
    or evidence, which only an open round takes."""

    code = "illegal_move"
    status = 409

    def __init__(self, state: TextChoices, wanted: TextChoices | None, legal: Iterable[TextChoices]):
        legal = sorted(legal)
        names = enumerated(each.label for each in legal) or _("无")
        if wanted is None:
            message = _("本轮整改现为“%(state)s”，已经办结，不能再延期或补充证据。") % {"state": state.label}
        else:
            message = _("本轮整改现为“%(state)s”，不能变为“%(wanted)s”；现在可以变为：%(legal)s。") % {
                "state": state.label,
                "wanted": wanted.label,
                "legal": names,
            }
        super().__init__(message, state=state.value, legal=[each.value for each in legal])


class StaleVersion(Refusal):
    """Somebody else changed the row since it was read."""

    code = "stale_version"
    status = 412

    def __init__(self, given: int, current: int):
        message = _("内容已被他人更新（您看到的是第 %(given)s 版，现为第 %(current)s 版），请刷新后再试。") % {
            "given": given,
            "current": current,
        }
        super().__init__(message, version=current)


class FourEyes(Refusal):
    """The second pair of eyes must belong to somebody else."""

    code = "four_eyes"
    status = 403


class IllegalOutcome(Invalid):
    """An outcome the institution's licence status at survey does not allow."""

    code = "illegal_outcome"


class EvidenceMissing(Invalid):
    """A strike-off without the evidence its outcome needs."""

    code = "evidence_missing"


class VisitConflict(Refusal):
    """Something else was sent under the id before, stored or kept aside; what was sent is kept in quarantine."""

    code = "different_content"
    status = 409

    def __init__(self, message: str, kept_at: str):
        """`kept_at` is the address of the page that shows what was kept; the API's answer does not name it."""
        super().__init__(message)
        self.kept_at = kept_at


class VisitStands(Refusal):
    """Something rests on the visit that has to be taken back before; or it is withdrawn already."""

    code = "visit_stands"
    status = 409


class UnknownForm(Refusal):
    """A notice of a printed form that this release does not have: of a later one, from a restored backup."""

    code = "unknown_form"
    status = 422

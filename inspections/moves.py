"""The states of a round and the one table of its moves.

Forms, bodies and views of the API, their URLs, permissions, titles and the trigger of the database are made from MOVES:
a new move is a row here and the action it names.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission


class State(models.TextChoices):
    ORDERED = "ordered", _("已责令")
    SUBMITTED = "submitted", _("待核验")
    RETURNED = "returned", _("已退回")
    VERIFIED = "verified", _("已销号")
    VOIDED = "voided", _("已作废")


OPEN_STATES = [State.ORDERED, State.SUBMITTED, State.RETURNED]


@dataclass(frozen=True)
class Field:
    """What a move asks for: a word that the forms and the API know, what it is called here, and whether it must be.

    `among` are the kinds of notices of which one is chosen.
    """

    name: str
    label: str | Promise
    required: bool = False
    among: Collection[str] = ()


@dataclass(frozen=True)
class Move:
    """One move: `name` in its address, states it may be made `from_`, the state it leads `to` (None: it stays), the
    kind of its `event`, and `act`, the function of inspections.actions that makes it."""

    name: str
    title: str | Promise
    from_: Collection[State]
    to: State | None
    event: str
    permission: Permission
    fields: tuple[Field, ...]
    act: str

    @property
    def action(self) -> Callable[..., Any]:
        """Looked up when the move is made: the actions import the models, and those this table."""
        action: Callable[..., Any] = getattr(import_module("inspections.actions"), self.act)
        return action


_TABLE = [
    Move(
        name="submit",
        title=_("提交整改"),
        from_=(State.ORDERED, State.RETURNED),
        to=State.SUBMITTED,
        event="submitted",
        permission=Permission.SUBMIT,
        fields=(
            Field("outcome", _("拟办结果"), required=True),
            Field("put_right", _("已整改到位的问题")),
            Field("registered_scope", _("登记范围（有照无证整改完成时必填）")),
            Field("note", _("说明")),
        ),
        act="submit_rectification",
    ),
    Move(
        name="verify",
        title=_("核验销号"),
        from_=(State.SUBMITTED,),
        to=State.VERIFIED,
        event="verified",
        permission=Permission.VERIFY,
        fields=(Field("outcome", _("整改结果")), Field("note", _("核验意见"))),
        act="verify_rectification",
    ),
    Move(
        name="return",
        title=_("退回"),
        from_=(State.SUBMITTED,),
        to=State.RETURNED,
        event="returned",
        permission=Permission.RETURN,
        fields=(Field("reason", _("退回原因"), required=True),),
        act="return_rectification",
    ),
    Move(
        name="extend",
        title=_("延期"),
        from_=OPEN_STATES,
        to=None,
        event="extended",
        permission=Permission.EXTEND,
        fields=(
            Field("notice", _("延期的通知"), among=["supplement"]),
            Field("due_on", _("新期限"), required=True),
            Field("reason", _("延期原因"), required=True),
        ),
        act="extend_rectification",
    ),
    Move(
        name="replace",
        title=_("更正通知"),
        from_=OPEN_STATES,
        to=None,
        event="replaced",
        permission=Permission.ORDER,
        fields=(
            Field("notice", _("更正的通知"), required=True, among=["order", "supplement"]),
            Field("measure", _("整改措施")),
            Field("reason", _("更正原因"), required=True),
        ),
        act="replace_notice",
    ),
    Move(
        name="withdraw",
        title=_("撤回补充通知"),
        from_=OPEN_STATES,
        to=None,
        event="withdrawn",
        permission=Permission.VOID,
        fields=(
            Field("notice", _("撤回的通知"), required=True, among=["supplement"]),
            Field("reason", _("撤回原因"), required=True),
        ),
        act="withdraw_notice",
    ),
    Move(
        name="void",
        title=_("作废"),
        from_=(State.ORDERED, State.RETURNED),
        to=State.VOIDED,
        event="voided",
        permission=Permission.VOID,
        fields=(Field("reason", _("作废原因"), required=True),),
        act="void_rectification",
    ),
]
MOVES: dict[str, Move] = {move.name: move for move in _TABLE}

TRANSITIONS: dict[str, frozenset[str]] = {
    state: frozenset(move.to for move in _TABLE if move.to is not None and state in move.from_) for state in State
}

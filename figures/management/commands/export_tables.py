from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.scope import outermost
from accounts.watermark import settled
from figures.frame_files import WRITERS, write_tables
from figures.frames import Frames
from figures.questions import parse_day, parse_moment
from institutions.models import Demonstration, Division
from institutions.moments import Moment


class Command(BaseCommand):
    help = (
        "Write institutions, visits, findings, rounds and licences as of a day, as known at a moment, as a file each, "
        "with a dictionary of their columns (tables.json). Without --user no personal data is in them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR", help="folder; made when missing")
        parser.add_argument("--format", default="csv", choices=list(WRITERS))
        parser.add_argument("--division", default=None, help="code, e.g. 330382; default all there is to see")
        parser.add_argument("--as-of", default="", help="YYYY-MM-DD, default today")
        parser.add_argument("--known-at", default="", help="ISO 8601, default now")
        parser.add_argument("--user", default="", help="whose sight and whose rights; default nobody's, without scope")
        parser.add_argument("--force", action="store_true", help="replace the tables that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        try:
            user = _user(options["user"]) if options["user"] else None
            known_at = settled(parse_moment(options["known_at"])) if options["known_at"] else None
            moment = Moment.of(parse_day(options["as_of"]) if options["as_of"] else None, known_at)
            frames = Frames.of(options["division"], moment, user=user)
            of = {
                "division": options["division"] or "",
                "user": options["user"],
                "as_of": moment.on.isoformat(),
                "known_at": moment.known_at.isoformat(),
                "personal": bool(frames.people_in),
                "synthetic": Demonstration.objects.exists(),
            }
            rows = write_tables(
                frames,
                folder,
                options["format"],
                of=of,
                force=options["force"],
                noted=lambda rows: _note(user, of, options["format"], rows),
            )
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as problem:
            raise CommandError(
                _("不能写入 %(folder)s：%(why)s。") % {"folder": folder, "why": problem.strerror}
            ) from problem
        for name, count in rows.items():
            self.stdout.write(_("%(table)s：%(rows)s 行") % {"table": name, "rows": count})
        said = {"folder": folder, "on": moment.on, "known_at": timezone.localtime(moment.known_at).isoformat()}
        self.stdout.write(_("已写入 %(folder)s：截至 %(on)s，以 %(known_at)s 所知。") % said)


def _user(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refusal(_("没有用户“%(username)s”，或已停用。") % {"username": username})
    return user


def _note(user: User | None, of: dict[str, Any], suffix: str, rows: int) -> None:
    """In the audit trail: of the user, or where nobody is signed in, of the divisions whose rows leave."""
    asked = {name: of[name] for name in ("division", "as_of", "known_at") if of[name]} | {"format": suffix}
    question, division = urlencode(asked), of["division"]
    if user is not None:
        divisions = [division] if division else user.prefixes()
        audit.exported(
            by=user, what="tables", question=question, rows=rows, divisions=divisions, personal=of["personal"]
        )
        return
    codes = [division] if division else outermost(Division.objects.values_list("pk", flat=True))
    with transaction.atomic():
        for each in Division.objects.filter(pk__in=codes):
            audit.write("export", each, by=None, after={"what": "tables", "question": question, "rows": rows})

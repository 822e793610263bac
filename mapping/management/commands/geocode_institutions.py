import signal
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from institutions.models import Division
from mapping import geocoding, placing, reasons
from mapping.actions import RunUnderWay, start_run
from mapping.models import GeocodingOutcome, GeocodingRun, RunState
from mapping.providers import OFFLINE

STEP = 50  # institutions between two lines of progress
LISTED = 50
KINDS = dict(GeocodingOutcome.Kind.choices)


class Command(BaseCommand):
    help = (
        "Place institutions that have no position: by the map service of GEOCODER, without one by their township. "
        "Ctrl-C stops it after the institution it is at; what is placed is kept, and the next start goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--division", default="", help="a county or township, e.g. 330382; default: every county")
        parser.add_argument("--limit", type=int, help="at most so many institutions of each county")
        parser.add_argument("--provider", default="", help=f"{OFFLINE}, or the map service of GEOCODER (default)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen: nothing is written or sent")

    def handle(self, *args: Any, **options: Any) -> None:
        provider = options["provider"] or geocoding.provider_name()
        if provider == "none":
            provider = OFFLINE
        if provider not in (OFFLINE, geocoding.provider_name()):
            raise CommandError(f"GEOCODER 设置的不是 {provider}，没有发出任何请求。可用：{OFFLINE}。")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit 至少为 1。")
        divisions = self._divisions(options["division"], provider)
        if options["dry_run"]:
            self._try_out(divisions, provider, options["limit"])
            return
        self._stopped = False
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for division in divisions:
                if not self._stopped:
                    self._place(division, provider, options["limit"])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _divisions(self, code: str, provider: str) -> list[Division]:
        if not code:
            counties = Division.objects.filter(level="county")
            return [county for county in counties if placing.to_place(county.pk, provider).exists()]
        division = Division.objects.filter(pk=code, level__in=["county", "township", "village"]).first()
        if division is None:
            raise CommandError(f"没有代码为“{code}”的县或乡镇（街道）。")
        return [division]

    def _stop(self, *_signal: Any) -> None:
        self._stopped = True

    def _place(self, division: Division, provider: str, limit: int | None) -> None:
        try:
            run = start_run(division, by=None, provider=provider, limit=limit, taken_on=True)
        except RunUnderWay as refusal:
            run = refusal.run
            if not placing.take_on(run):  # asked for on the page and not begun, or left by a process that was killed
                raise CommandError(refusal.message) from refusal
        run = placing.carry_out(run, stop=lambda: self._stopped, tell=self._tell)
        if self._stopped and run.state == RunState.QUEUED:  # nobody else is to go on with it
            run = placing._end(run, RunState.STOPPED)
        outcomes = run.outcomes.select_related("institution")
        self._sum_up(division, [(each.institution, each.kind, each.reason, each.told) for each in outcomes])
        if run.state == RunState.FAILED:
            raise CommandError(reasons.in_words(run.problem))
        if run.state == RunState.STOPPED:
            self.stdout.write("已停止，定好的保留。再次运行就接着做。")

    def _tell(self, run: GeocodingRun, done: int) -> None:
        if done % STEP == 0:
            self.stdout.write(f"{done}/{run.total}")
            self.stdout.flush()

    def _try_out(self, divisions: list[Division], provider: str, limit: int | None) -> None:
        for division in divisions:
            tried = list(placing.try_out(division.pk, provider, limit))
            self._sum_up(division, [(one, found.kind, found.reason, found.told) for one, found in tried])
        self.stdout.write("试运行：没有写入，也没有发出请求。")

    def _sum_up(self, division: Division, rows: list[tuple[Any, str, str, dict[str, Any]]]) -> None:
        counts = Counter(kind for _institution, kind, _reason, _told in rows)
        said = "，".join(f"{label} {counts[kind]} 家" for kind, label in KINDS.items() if counts[kind])
        self.stdout.write(f"{division.name}：{said or '没有要定位的机构'}。")
        open_rows = [row for row in rows if row[1] in ("question", "nothing", "left")]
        for institution, kind, reason, told in open_rows[:LISTED]:
            self.stdout.write(f"[{KINDS[kind]}] {institution.name}：{reasons.in_words(reason, told)}")
        if len(open_rows) > LISTED:
            self.stdout.write(f"另有 {len(open_rows) - LISTED} 家，见“自动定位”页面。")

import logging
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from mapping import placing
from mapping.models import GeocodingRun

PAUSE_S, PAUSE_AFTER_PROBLEM_S = 2.0, 30.0  # between two looks for a run

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Carries out the runs of 自动定位 that people ask for on its page. Started beside the server by gunicorn."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="what waits now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.ended, self.parent = threading.Event(), os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        while not self._is_to_end():
            worked, pause_s = False, PAUSE_S
            try:
                worked = self._take_on()
            except DatabaseError as problem:  # locked for long, or away: it comes back
                logger.warning("geocoding_worker: %s", problem)
                pause_s = PAUSE_AFTER_PROBLEM_S
            if not worked and options["once"]:
                return
            if not worked and not self._is_to_end():
                close_old_connections()
                self.ended.wait(pause_s)

    def _end(self, *_signal: Any) -> None:
        self.ended.set()

    def _is_to_end(self) -> bool:
        """Asked to, or the server that started it is gone."""
        return self.ended.is_set() or os.getppid() != self.parent

    def _take_on(self) -> bool:
        """Carry out the run that waits longest; False when none does."""
        for run in GeocodingRun.objects.to_take_on(timezone.now()):
            if placing.take_on(run):
                placing.carry_out(run, stop=self._is_to_end)
                return True
        return False

import logging
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from institutions.imports import runs as imports
from mapping import placing
from reports import preparing

PAUSE_S, PAUSE_AFTER_PROBLEM_S = 1.0, 30.0  # between two looks for something to do

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Does what people ask for on pages and that takes longer than a page: long registers are read, planned and "
        "imported, long workbooks of reports written, institutions placed (自动定位). Started beside the server by "
        "gunicorn."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="what waits now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.ended, self.parent = threading.Event(), os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        while not self._is_to_end():
            worked, pause_s = False, PAUSE_S
            try:
                worked = (
                    imports.take_on_next(self._is_to_end)
                    or preparing.take_on_next(self._is_to_end)
                    or placing.take_on_next(self._is_to_step_aside)
                )
            except DatabaseError as problem:  # locked for long, or away: it comes back
                logger.warning("worker: %s", problem)
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

    def _is_to_step_aside(self) -> bool:
        """A run of 自动定位 takes hours: between two institutions a register or a workbook that somebody waits for
        goes first."""
        return self._is_to_end() or imports.is_waiting() or preparing.is_waiting()

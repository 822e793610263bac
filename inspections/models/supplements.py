"""The deadlines of supplementary notices, as an expression over a round."""

from typing import Any

from django.db import models
from django.db.models import F, Func

from institutions.moments import Moment


class SupplementDueAt(Func):
    """The earliest deadline in force of a round's supplementary notices that were served by the day and known at the
    moment, and neither withdrawn nor fulfilled then; NULL without one.

    Written out: every figure asks it, and the ORM would take longer to put it together than the database to answer.
    """

    output_field = models.DateField()
    KNOWN = "notice_id = notice.id AND happened_on <= %s AND recorded_at <= %s"
    SQL = f"""(
      SELECT MIN(COALESCE(
        (SELECT due_on FROM inspections_rectificationevent WHERE kind = 'extended' AND {KNOWN}
         ORDER BY sequence DESC LIMIT 1), notice.due_on))
      FROM inspections_notice notice
      WHERE notice.rectification_id = {{round}} AND notice.kind = 'supplement'
      AND notice.served_on <= %s AND notice.recorded_at <= %s
      AND NOT EXISTS (SELECT 1 FROM inspections_rectificationevent WHERE kind = 'withdrawn' AND {KNOWN})
      AND 'fulfilled' <> COALESCE(
        (SELECT kind FROM inspections_rectificationevent WHERE kind IN ('fulfilled', 'unfulfilled') AND {KNOWN}
         ORDER BY sequence DESC LIMIT 1), '')
    )"""  # noqa: S608 (our own names)

    def __init__(self, moment: Moment):
        super().__init__(F("pk"))
        self.moment = moment

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        pk, params = compiler.compile(self.source_expressions[0])
        clocks = [
            connection.ops.adapt_datefield_value(self.moment.on),
            connection.ops.adapt_datetimefield_value(self.moment.known_at),
        ]
        return self.SQL.format(round=pk), (*clocks, *params, *clocks * 3)

"""导入名册: hand a file in, look at what each row would do, decide and correct in place, import, take it back."""

from institutions.import_pages.acting import (
    import_answers,
    import_confirm,
    import_decide,
    import_fix,
    import_leave_out,
    import_plan,
    import_undo,
)
from institutions.import_pages.columns import import_columns
from institutions.import_pages.looking import import_file, import_row
from institutions.import_pages.start import import_start

__all__ = [
    "import_answers",
    "import_columns",
    "import_confirm",
    "import_decide",
    "import_file",
    "import_fix",
    "import_leave_out",
    "import_plan",
    "import_row",
    "import_start",
    "import_undo",
]

"""What is done to the second ledger: cases ← people. Each act writes whole or not at all, and is audited."""

from misconduct.actions.cases import NewStatement, conclude, correct_conclusion, correct_statement, record_case
from misconduct.actions.people import (
    add_measure,
    add_party,
    correct_measure,
    correct_party,
    parties_named,
    people_called,
)
from misconduct.actions.taking_back import withdraw

__all__ = [
    "NewStatement",
    "add_measure",
    "add_party",
    "conclude",
    "correct_conclusion",
    "correct_measure",
    "correct_party",
    "correct_statement",
    "parties_named",
    "people_called",
    "record_case",
    "withdraw",
]

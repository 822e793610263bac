"""What is asked, answered, sent or compared is a value: whoever holds one can rely on it staying as it is."""

from dataclasses import is_dataclass
from importlib import import_module

import pytest

MODULES = [
    "figures.charts", "figures.columns", "figures.conditions", "figures.drilldown", "figures.ledger",
    "figures.places", "figures.questions", "figures.statistics", "inspections.actions.sent_visit",
    "inspections.actions.visit_checks", "inspections.as_sent", "inspections.history", "inspections.ledger",
    "inspections.moves", "institutions.moments", "mapping.layers",
]  # fmt: skip
REPLAYED = {"History", "Served", "Square"}  # change while a round is replayed, and while rows are added up


@pytest.mark.parametrize("module", MODULES)
def test_values_are_not_changed_once_they_are_made(module):
    classes = [each for each in vars(import_module(module)).values() if isinstance(each, type) and is_dataclass(each)]
    own = [each for each in classes if each.__module__ == module]

    changeable = {each.__name__ for each in own if not each.__dataclass_params__.frozen}
    assert own
    assert changeable <= REPLAYED

"""What the map promises whatever anybody does: from what is kept it says what the plain query says."""

from random import Random

from mapping import cells
from mapping.layers import Box, defined_of
from mapping.question import MapQuestion
from tests.histories.bureau import Bureau
from tests.histories.questions import COUNTY

VIEWS = [(None, 5), (Box(120.0, 27.0, 120.95, 28.05), 8), (Box(120.8, 27.9, 121.1, 28.2), 11), (None, 14), (None, 18)]
QUESTIONS = [{}, {}, {"standing": "overdue,unseen"}, {"licence_status": "none"}, {"figure": "with_problems"}]


def assert_map_is_drawn_as_defined(bureau: Bureau) -> None:
    chance = Random(bureau.done.total())  # of its own: what is looked at does not change what is done
    question = MapQuestion(division=chance.choice([COUNTY, "33"]), **chance.choice(QUESTIONS))
    box, zoom = chance.choice(VIEWS)

    kept = cells.Asked([question.division], cells.kinds_asked(question), box).collection(zoom)

    assert kept == defined_of(question, bureau.leader, box, zoom), (question, box, zoom)

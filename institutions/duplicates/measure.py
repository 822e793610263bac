"""How well matching does on pairs of which it is known whether they are one: precision and recall, fractions 0–1."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from institutions.duplicates.index import Index
from institutions.duplicates.likeness import Verdict
from institutions.duplicates.reading import Entry
from institutions.places import County

Label = Mapping[str, str]  # kind, same (yes or no), and of either side a_ and b_: name, township, address, code, …


@dataclass
class Measured:
    """Pairs by what was stated and what was found: (kind, same, verdict) -> how many."""

    counts: Counter[tuple[str, bool, Verdict]] = field(default_factory=Counter)

    def of(self, *, same: bool | None = None, verdicts: Iterable[Verdict] = tuple(Verdict)) -> int:
        wanted = set(verdicts)
        return sum(
            count
            for (_kind, is_same, verdict), count in self.counts.items()
            if verdict in wanted and same in (None, is_same)
        )

    def precision(self, *verdicts: Verdict) -> float:
        """Of the pairs found to be this the part that is one institution; 1 when none was found."""
        found = self.of(verdicts=verdicts)
        return self.of(same=True, verdicts=verdicts) / found if found else 1.0

    def recall(self, *verdicts: Verdict) -> float:
        """Of the pairs that are one institution the part found to be this."""
        return self.of(same=True, verdicts=verdicts) / self.of(same=True)

    def lines(self) -> list[str]:
        """A table for people: what was found of each kind, and the rates."""
        kinds = {(kind, same): None for kind, same, _verdict in self.counts}
        said = [f"{'kind':30} {'same':4} " + " ".join(f"{each:>9}" for each in Verdict)]
        for kind, same in kinds:
            numbers = " ".join(f"{self.counts[kind, same, each]:9}" for each in Verdict)
            said.append(f"{kind:30} {'yes' if same else 'no':4} {numbers}")
        for title, verdicts in RATED.items():
            precision, recall = self.precision(*verdicts), self.recall(*verdicts)
            said.append(f"{title}: precision {precision:.3f}, recall {recall:.3f}")
        return said


RATED = {
    "certain": (Verdict.CERTAIN,),
    "candidate": (Verdict.CANDIDATE,),
    "certain or candidate": (Verdict.CERTAIN, Verdict.CANDIDATE),
}


def measure(labels: Iterable[Label], county: County) -> Measured:
    """Each pair by itself: one is on file, the other comes in a register."""
    measured = Measured()
    for label in labels:
        index = Index(county, [_side(label, "a", 1)])
        found = index.matches(_side(label, "b", 2))
        verdict = found[0].verdict if found else Verdict.NEW
        measured.counts[label["kind"], label["same"] == "yes", verdict] += 1
    return measured


def _side(label: Label, side: str, key: int) -> Entry:
    said = {name: label[f"{side}_{name}"] for name in ("name", "township", "address", "code", "permit", "phone")}
    former = label[f"{side}_former"]
    return Entry(
        key=key,
        name=said["name"],
        township=said["township"],
        address=said["address"],
        credit_code=said["code"],
        permits=(said["permit"],) if said["permit"] else (),
        phone=said["phone"],
        also_named=(former,) if former else (),
    )

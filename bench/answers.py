"""What today, ledger, list and file answer on the scale data, as plain values: asked of this build and of an older one.

`python -m bench.answers` prints those of the build it is run in, for a province of the country that `simulate` writes
with seed 1; `bench/answers.json` holds those of 3771e15, and bench/pages.py compares.
"""

import json
import sys
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "answers.json"
PROVINCE = "50"
STATES = ("open", "overdue", "due", "recheck", "submitted", "returned", "verified", "month", "voided")


def answers(client: Any, institution: Any) -> dict[str, Any]:
    """By address; `client` is signed in as somebody who sees the province and nothing else."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()  # responses then tell their context
    try:
        return _answers(client, institution)
    finally:
        teardown_test_environment()


def _answers(client: Any, institution: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"/": _today(_asked(client, "/"))}
    for query in (*(f"state={state}" for state in STATES), "page=2", "state=verified&page=30"):
        found[f"/rectifications/?{query}"] = _ledger(_asked(client, f"/rectifications/?{query}"))
    for query in ("", "page=2", "page=200", "figure=overdue", "figure=surveyed&page=3"):
        found[f"/institutions/?{query}"] = _list(_asked(client, f"/institutions/?{query}"))
    found["/institutions/<id>/"] = _file(_asked(client, f"/institutions/{institution}/"))
    return found


def _asked(client: Any, url: str) -> Any:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return response.context


def _today(page: Any) -> dict[str, Any]:
    total = page["here" if "here" in page else "figures"].total  # 3771e15 called it figures
    return {
        "figures": [total.surveyed, total.with_problems, total.rectified, total.completion_percent],
        "waiting": {
            each.state: [each.count, each.rechecks, [round_.number for round_ in each.rounds]]
            for each in page["waiting"]
        },
        "changes": [[event.rectification.number, event.sequence] for event in page["changes"]],
        "quarantined": page["quarantined_count"],
    }


def _ledger(page: Any) -> dict[str, Any]:
    rows = [getattr(row, "round", row).number for row in page["page"].object_list]
    return {"count": page["page"].paginator.count, "rows": rows, "heads": dict(sorted(page["heads"].items()))}


def _list(page: Any) -> dict[str, Any]:
    rows = [[str(row.institution.pk), _standing(row.institution)] for row in page["page"].object_list]
    return {"count": page["page"].paginator.count, "rows": rows}


def _standing(institution: Any) -> str:
    """As 3771e15 says it, which did not tell apart whom nobody has visited."""
    stands = str(getattr(institution, "stands_as", "") or institution.standing)
    return "clear" if stands == "unseen" else stands


def _file(page: Any) -> dict[str, Any]:
    return {
        "standing": _standing(page["institution"]),
        "rounds": [round_.number for round_ in page["rounds"]],
        "entries": [[entry["kind"], str(entry["on"])] for entry in page["entries"]],
    }


def main() -> None:
    import bench.scale

    bench.scale.ready()
    seen = bench.scale.user("bench-province", [PROVINCE])
    found = answers(bench.scale.client(seen), bench.scale.struck_off(PROVINCE))
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()

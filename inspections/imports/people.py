"""Names in a ledger -> users, where one person alone of the county has the name."""

from collections import defaultdict
from datetime import date

from accounts.models import User
from inspections.colleagues import may_be_named
from inspections.imports.reading import names_in


class People:
    """Those who may be named in a county, by the day; asked once a day."""

    def __init__(self, scope_code: str):
        self.scope_code = scope_code
        self._on: dict[date, dict[str, list[User]]] = {}
        self._names: dict[str, str] = {}

    def named(self, written: str, on: date) -> tuple[list[str], list[str]]:
        """User names of those written, and the names that are nobody's or of several."""
        usernames, unknown = [], []
        known = self._known(on) if written else {}
        for name in names_in(written):
            joined = name.replace(" ", "")
            for each in [joined] if joined in known else name.split():  # 王 某 is one, 王某 李某 are two
                found = known.get(each, [])
                if len(found) == 1:
                    usernames.append(found[0].username)
                    self._names[found[0].username] = str(found[0])
                else:
                    unknown.append(each)
        return list(dict.fromkeys(usernames)), list(dict.fromkeys(unknown))

    def called(self, usernames: list[str]) -> list[str]:
        return [self._names.get(each, each) for each in usernames]

    def _known(self, on: date) -> dict[str, list[User]]:
        if on not in self._on:
            called: dict[str, list[User]] = defaultdict(list)
            for user in may_be_named(self.scope_code, on):
                for word in {user.username, user.name.replace(" ", "")} - {""}:
                    called[word].append(user)
            self._on[on] = called
        return self._on[on]

"""Numbers are found under the hash of their key as in a dict of lists."""

import random
from collections import defaultdict

from institutions.duplicates.by_hash import ByHash


def test_numbers_are_those_of_a_dict_of_lists_however_many():
    chance = random.Random(5)  # noqa: S311 (an example)
    plain, by_hash = defaultdict(list), ByHash()

    for number in range(12_000):
        key = chance.randrange(-3_000, 3_000) * 1024  # many in one bucket, and negative ones as hashes are
        plain[key].append(number)
        by_hash.add(key, number)
        if number % 7 == 0:
            taken = chance.randrange(-3_000, 3_000) * 1024
            assert by_hash.pop(taken) == plain.pop(taken, [])

    assert {key: by_hash.of(key) for key in plain} == plain
    assert by_hash.of(next(iter(plain)), 1) == plain[next(iter(plain))][:1]
    assert by_hash.of(7) == []

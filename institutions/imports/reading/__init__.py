"""What runs in the child process: bytes -> frames of a workbook. No Django here, and nothing is written anywhere.

`python -m institutions.imports.reading KIND LIMITS` reads the file from standard input and writes pickled frames to
standard output: ("sheet", name, state), ("rows", rows), ("looks", dict), ("remark", key, values), ("book", dict), and
("end",) when all is said. ("refused", key, values) instead of the rest: the sentence `key` of refusals.py.
"""

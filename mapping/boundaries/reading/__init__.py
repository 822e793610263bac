"""What runs in the child process: bytes of a boundary file -> areas in WGS-84. No Django is set up here, nothing is
written anywhere.

`python -m mapping.boundaries.reading LIMITS DATUM` reads the file from standard input and writes one line of JSON to
standard output: {"refused": [key, values]}, the sentence `key` of refusals.py, or {"read": {...}} (see files.Reading).
"""

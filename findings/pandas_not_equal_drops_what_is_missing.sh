#!/usr/bin/env bash
# pandas 3.1: a filter that keeps "everything but x" keeps rows without a value while the column is text as pandas reads
# it (`str`, or object), and drops them without a word once the column is declared "string". An audit by pandas that was
# right becomes wrong by a change of type alone.
#
# Guess: dtype="string" is the same text with another marker for what is missing.
# Seen: NaN == "x" is False, so ~ makes it True; NA == "x" is NA, ~NA is NA, and a mask takes NA for False.
# What to do: say what is meant: ~column.isin(["x"]), or ~(column == "x").fillna(False).
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'pandas==3.1.1' 'pyarrow==26.0.1'
cat > seen.py <<'PY'
import sys

import pandas as pd

kept = {}
for dtype in ("object", "str", "string"):
    said = pd.Series(["fulfilled", "unfulfilled", None], dtype=dtype)
    kept[dtype] = (len(said[~(said == "fulfilled")].index), len(said[~said.isin(["fulfilled"])].index))
    print(f"pandas {pd.__version__}, {dtype}: of 3 rows, 1 fulfilled, ~(== fulfilled) keeps {kept[dtype][0]}, ~isin keeps {kept[dtype][1]}")
sys.exit(0 if kept == {"object": (2, 2), "str": (2, 2), "string": (1, 2)} else 1)
PY
venv/bin/python seen.py
# Seen:
# pandas 3.1.1, object: of 3 rows, 1 fulfilled, ~(== fulfilled) keeps 2, ~isin keeps 2
# pandas 3.1.1, str: of 3 rows, 1 fulfilled, ~(== fulfilled) keeps 2, ~isin keeps 2
# pandas 3.1.1, string: of 3 rows, 1 fulfilled, ~(== fulfilled) keeps 1, ~isin keeps 2

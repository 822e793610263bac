#!/usr/bin/env bash
# docxtpl 0.20: a value that holds {_{ or }_} arrives as another text, without a word; and the properties of the file are
# filled as if they were XML, so that their text is escaped twice.
#
# Guess: with autoescape a value is printed as it is.
# Seen: after filling, docxtpl replaces these signs in the whole XML by {{ and }}, in values too; & in a title is &amp;.
# What to do: print braces as &#123; and &#125; (jinja's `finalize`), set properties with python-docx.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'docxtpl==0.20.2' 'python-docx==1.2.0' 'Jinja2==3.1.6'
cat > seen.py <<'PY'
import sys

import docx
from docxtpl import DocxTemplate
from jinja2 import Environment

template = docx.Document()
template.add_paragraph("{{ name }}")
template.core_properties.title = "{{ title }}"
template.save("template.docx")
filled = DocxTemplate("template.docx")
filled.render({"name": "{_{ 青竹 }_}", "title": "A & B"}, Environment(autoescape=True))
filled.save("filled.docx")
read = docx.Document("filled.docx")
seen = read.paragraphs[0].text, read.core_properties.title
print(f"name: {seen[0]}\ntitle: {seen[1]}")
sys.exit(0 if seen == ("{{ 青竹 }}", "A &amp; B") else 1)
PY
venv/bin/python seen.py
# Seen:
# name: {{ 青竹 }}
# title: A &amp; B

"""上级报表: the form that a superior sends, filled every month without touching anything else in it.

sheet_xml (where each cell stands in a sheet's bytes) ← workbook (what the form is) ← grid (as a person sees it) ←
proposals, checking ← filling ← actions ← pages. Nothing here writes a workbook anew: a library that does loses
pictures, drawings and whatever it does not know (docs/adr/0051-a-superiors-form-is-spliced.md).
"""

"""整改台账: the visits and rounds of a ledger workbook, as a part of the import of registers (institutions/imports)."""

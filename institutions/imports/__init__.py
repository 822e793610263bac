"""Registers as bureaus send them: workbook.py opens a file safely, cells.py cleans, plan.py says what each row would
do, commit.py does exactly that."""

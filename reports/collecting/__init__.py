"""下级报告汇总: the frozen reports of the divisions below are collected, checked and added up.

reading (what is a report) ← checks (whether it fits together) ← actions (kept) ← rolling (added up) ← sending, pages.
"""

"""Synthetic histories: the demonstration of Yueqing (yueqing.py) and data at scale (country.py)."""

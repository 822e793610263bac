"""Visits with photos sent by several phones while the server is killed again and again: nothing lost, nothing twice."""

"""The pages on which the register is edited: institutions, and their licences."""

from institutions.views.duplicates import decide, duplicates
from institutions.views.institutions import edit_institution, new_institution, withdraw_institution
from institutions.views.licences import (
    correct_licence,
    end_licence,
    licence_list,
    new_licence,
    revoke_licence,
    withdraw_licence,
)
from institutions.views.merging import merge_institution, take_apart

__all__ = [
    "correct_licence",
    "decide",
    "duplicates",
    "edit_institution",
    "end_licence",
    "licence_list",
    "merge_institution",
    "new_institution",
    "new_licence",
    "revoke_licence",
    "take_apart",
    "withdraw_institution",
    "withdraw_licence",
]

"""The pages on which the register is edited: institutions, and their licences."""

from institutions.views.institutions import edit_institution, new_institution, withdraw_institution
from institutions.views.licences import (
    correct_licence,
    end_licence,
    licence_list,
    new_licence,
    revoke_licence,
    withdraw_licence,
)

__all__ = [
    "correct_licence",
    "edit_institution",
    "end_licence",
    "licence_list",
    "new_institution",
    "new_licence",
    "revoke_licence",
    "withdraw_institution",
    "withdraw_licence",
]

"""The doors through which the registry is written. Each is atomic and writes its audit row."""

from institutions.actions.editing import StaleInstitution, edit_institution, withdraw_institution
from institutions.actions.licences import add_licence
from institutions.actions.registering import (
    AlreadyRegistered,
    register_if_new,
    register_institution,
    register_institutions,
)
from institutions.actions.surveys import withdraw_survey

__all__ = [
    "AlreadyRegistered",
    "StaleInstitution",
    "add_licence",
    "edit_institution",
    "register_if_new",
    "register_institution",
    "register_institutions",
    "withdraw_institution",
    "withdraw_survey",
]

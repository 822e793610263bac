"""The doors through which the registry is written. Each is atomic and writes its audit row."""

from institutions.actions.deciding import decide_duplicate
from institutions.actions.divisions import add_divisions, merge_division, rename_division, wrong_code
from institutions.actions.editing import edit_institution, withdraw_institution
from institutions.actions.licences import add_licence, correct_licence, end_licence, revoke_licence, withdraw_licence
from institutions.actions.merging import CannotMerge, CannotTakeApart, merge_institutions, take_apart
from institutions.actions.moving import move_institution, rename_institution
from institutions.actions.registering import AlreadyRegistered, check_columns, register_if_new, register_institution
from institutions.actions.registers import Registrations, add_licences
from institutions.actions.surveys import Survey, enter_survey, withdraw_survey
from institutions.actions.versions import OffRegister, StaleInstitution, StaleLicence, check_on_register

__all__ = [
    "AlreadyRegistered",
    "CannotMerge",
    "CannotTakeApart",
    "OffRegister",
    "Registrations",
    "StaleInstitution",
    "StaleLicence",
    "Survey",
    "add_divisions",
    "add_licence",
    "add_licences",
    "check_columns",
    "check_on_register",
    "correct_licence",
    "decide_duplicate",
    "edit_institution",
    "end_licence",
    "enter_survey",
    "merge_division",
    "merge_institutions",
    "move_institution",
    "register_if_new",
    "register_institution",
    "rename_division",
    "rename_institution",
    "revoke_licence",
    "take_apart",
    "withdraw_institution",
    "withdraw_licence",
    "withdraw_survey",
    "wrong_code",
]

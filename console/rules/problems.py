"""Says what is wrong with something typed into a rule."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from cases.rules.fields import Wrong
from console.rules.values import option_name


def problem_sentence(wrong: Wrong) -> str:
    words: Mapping[str, str] = wrong.words
    if wrong.code == "no_general_window":
        words = {"remedy": option_name(words["remedy"])}
    return {
        "missing": _("Say something here."),
        "not_a_number": _("This is not a number."),
        "not_whole": _("A whole number, please."),
        "too_small": _("At least %(least)s."),
        "too_large": _("At most %(most)s."),
        "too_fine": _("At most %(places)s digits behind the point."),
        "too_long": _("At most %(most)s characters."),
        "too_many": _("At most %(most)s of them."),
        "unknown_choice": _("Choose one of the list."),
        "wrong_form": _("Small letters, digits and _ only, beginning with a letter."),
        "wrong_name": _("%(name)s is not written as it has to be."),
        "twice": _("There is such a row already."),
        "no_general_window": _("There has to be a row for all categories and regions: %(remedy)s."),
        "below_law": _("The law gives at least %(days)s days there."),
        "above_second": _("This is more than what a second person has to agree to."),
        "nobody_approves": _("Somebody has to be able to approve."),
        "no_code": _("At least one code has to be in use."),
        "channel_twice": _("%(name)s names two codes."),
        **_file_problems(),
    }[wrong.code] % words


def _file_problems() -> dict[str, str]:
    return {
        "file_too_large": _("The file is larger than 200 kB."),
        "not_utf8": _("The file is not written in UTF-8."),
        "unknown_format": _("A file that ends in .csv, .yaml or .yml, please."),
        "file_empty": _("There is no code in the file."),
        "unknown_set": _("The set is one of customer, decision, refund, disposition."),
        "not_yes_or_no": _("yes or no, please."),
        "too_many_cells": _("There are more cells than columns."),
        "not_csv": _("This cannot be read as CSV."),
        "no_column": _("The column %(name)s is missing."),
        "unknown_column": _("There is no column %(name)s."),
        "column_twice": _("A column is there twice."),
        "no_aliases": _("Anchors and aliases are not read."),
        "not_yaml": _("This cannot be read as YAML."),
        "yaml_shape": _("A set with a list of codes is expected here."),
    }

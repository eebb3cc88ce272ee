"""Explore, finished studies of the site: a face age evaluation or a survival study, as written."""

from pathlib import Path

from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.dashboard.explore.ages import ages
from face2bone.dashboard.explore.followed import followed
from face2bone.report.model.findings import finding_folders, is_years
from face2bone.report.model.years_files import read_years
from face2bone.settings import get_settings


def chosen_study() -> Path | None:
    """One of the studies that the site offers, by its name: no path is asked for."""
    root = get_settings().findings
    if root is None:
        return None
    label = say("Finished study at this site")
    return elements.site_folder(root, finding_folders, label, "explore_finding")


def finished(folder: Path) -> None:
    """Draw a study that was chosen; raises ``Face2BoneError`` where it cannot be read."""
    if is_years(folder):
        found = read_years(folder)
        elements.banner(found.record.bundle.status)
        elements.status(found.record.bundle.status)
        ages(found)
    else:
        status = followed(folder)
        if status is not None:
            elements.banner(status)

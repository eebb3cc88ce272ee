"""What a study asks of a picture: ordered classes, a number, or a time to an event."""

from face2bone.tasks.ordinal import BONE_MASS, OrdinalTask
from face2bone.tasks.survival import SurvivalTask
from face2bone.tasks.task import Task
from face2bone.tasks.years import YearsTask

__all__ = ["BONE_MASS", "OrdinalTask", "SurvivalTask", "Task", "YearsTask"]

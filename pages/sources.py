"""Sources: every clinical rule, the publication it rests on, and whether that was read."""

from face2bone.dashboard.model.sources import sources

sources()

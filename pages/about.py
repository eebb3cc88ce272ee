"""About: what this is and is not, privacy, and a guided tour."""

from face2bone.dashboard.model.about import about

about()

"""About: what this is and is not, privacy, and a guided tour."""

from face2bone.dashboard.about import about

about()

"""Model: what the loaded model is, how good it is, for whom, and beside what."""

from face2bone.dashboard.model.page import model

model()

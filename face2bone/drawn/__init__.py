"""Pictures drawn from numbers, with planted truth, for training and tests without a patient."""

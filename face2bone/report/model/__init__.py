"""What a model was measured to be worth, as documents: evaluation page, TRIPOD+AI, model facts."""

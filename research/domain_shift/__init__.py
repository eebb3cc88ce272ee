"""Does the domain check see photos that are taken otherwise than the training's?"""

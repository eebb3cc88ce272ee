"""``face2bone compare`` and ``ablate`` of two small networks, in a process of their own."""

from dataclasses import replace
from functools import partial

from face2bone.cli import app
from face2bone.comparison import command
from face2bone.comparison.candidates import Candidate, full_candidate
from face2bone.comparison.rivals import TRUNK
from face2bone.comparison.standard_networks import resnet
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.studies.face2bone import FACE2BONE


def rivals(config: NetworkConfig) -> tuple[Candidate, ...]:
    """Face2Bone and one that stands for the trunk."""
    return full_candidate(config), Candidate(TRUNK, TRUNK, partial(resnet, 18, 1 / 32), 9, 9, TRUNK)


def arms(config: NetworkConfig) -> tuple[Candidate, ...]:
    """Face2Bone and one arm, which takes its rate."""
    linear = replace(config, head="linear")
    return full_candidate(config), Candidate(
        "linear", "arm", partial(Face2Bone, linear), 9, 9, FACE2BONE.id
    )


if __name__ == "__main__":
    command.comparison_candidates = rivals
    command.ablation_candidates = arms
    app()

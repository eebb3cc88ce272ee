"""A trained model as one folder: weights, card, calibration, references, concept bank.

Nothing in a bundle is code and nothing is unpickled; every file is checked against the
SHA-256 its card records before it is parsed. docs/reference/bundles.md describes the format.
"""

from face2bone.bundle.card import BundleCard, Status
from face2bone.bundle.concepts import ConceptBank
from face2bone.bundle.contents import BundleContents
from face2bone.bundle.folder import Bundle, bundle_hash, load_bundle, rename_concept, save_bundle
from face2bone.bundle.ood import OodReference, fit_ood, ood_distance, pooled
from face2bone.bundle.site_bundle import localise

__all__ = [
    "Bundle",
    "BundleCard",
    "BundleContents",
    "ConceptBank",
    "OodReference",
    "Status",
    "bundle_hash",
    "fit_ood",
    "load_bundle",
    "localise",
    "ood_distance",
    "pooled",
    "rename_concept",
    "save_bundle",
]

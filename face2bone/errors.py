"""Every error the package raises on purpose, in one tree.

    Face2BoneError
    ├── PictureError            the bytes are not a picture we can use
    │   ├── PhotoError          ... not a photo
    │   │   ├── PhotoTooLarge       more bytes or pixels than the limit
    │   │   ├── PhotoTooSmall       fewer pixels than the limit
    │   │   ├── PhotoUnreadable     empty, truncated or damaged bytes
    │   │   └── PhotoFormatError    not JPEG, PNG, WebP or HEIC, or animated
    │   └── RadiographError     ... not a radiograph
    │       ├── RadiographTooLarge  more bytes or pixels than the limit
    │       ├── RadiographTooSmall  fewer pixels than the limit
    │       ├── RadiographUnreadable   empty, truncated or damaged bytes
    │       ├── RadiographFormatError  another format or compression, several pictures, colour
    │       └── RadiographUnsuited  a film, but not one of a knee or hand for presentation
    ├── SubjectError            the picture does not hold what is to be assessed
    │   ├── SubjectNotFound     no face, knee or hand was found
    │   ├── SeveralSubjects     more than one face
    │   └── SubjectRejected     found, but a quality check failed
    ├── CovariateMissing        a network that reads age or sex beside the picture got none
    ├── ManifestError           a cohort table breaks a rule (row, column and rule are named)
    │   └── LeakingSplit        one patient on two sides of a split
    ├── BundleError             a trained model cannot be loaded
    │   ├── BundleMissing       a file of the bundle is not there
    │   ├── WrongStudy          the bundle reads the pictures of another study
    │   └── BundleCorrupt       a file differs from its recorded hash, or its contents are invalid
    ├── StudyError              a study is unknown, or planned and not ready
    ├── ConceptNameRefused      a concept cannot be called that, or the name cannot be kept
    ├── TrainingError           a training run cannot start or go on
    │   └── TrainingDiverged    its loss stopped being finite
    ├── EvaluationError         an evaluation cannot be made, written or read
    ├── SurvivalError           a survival analysis cannot be made of these patients
    │   ├── NoEvents            nobody had the event
    │   ├── ConstantColumn      a column does not tell the patients apart, or repeats others
    │   └── Separation          a column orders the events perfectly: its ratio is infinite
    ├── ExplanationError        a cohort's explanations cannot be made, written, found or read
    ├── ScoringError            a cohort cannot be scored, or its scores cannot be kept or read
    │   └── ArchiveRefused      a ZIP file is damaged, or holds what no file of pictures does
    ├── ClusterError            work cannot go to other processes or machines, or not go on there
    ├── RecalibrationRefused    a clinic's results do not support a new calibration
    ├── LineFull                so many computations wait that no more are taken
    ├── EngineError             an inference engine is unavailable or unknown
    ├── PatientError            a patient's details are missing or out of range
    ├── NumberRefused           what was typed in a field is no number, or out of range
    ├── RecordsError            something cannot be kept, found or taken out of the records
    │   ├── RecordsUnavailable  the records database cannot be opened, reached or written
    │   ├── RecordRefused       what was to be kept lacks something or is not known
    │   ├── ImportRefused       a table breaks rules; every row's problem is named
    │   └── PhotoKeyError       the key of the kept photos is missing or is not theirs
    ├── AccessError             somebody may not do this, or see this
    │   ├── NotPermitted        the user's role does not allow it
    │   └── SignedOut           nobody is signed in, or no longer
    ├── ListenError             pictures cannot be received or answered as asked
    ├── SendError               a report cannot be sent to a FHIR server as asked
    ├── DocumentInvalid         a file is no assessment of the schema this version reads
    └── SettingsError           a setting has an invalid value

Each message is one sentence that says what is wrong and one that says what to do;
it is written for the person at the screen, so it never holds a file system path of
another user, a photo's contents or a traceback. It is a message of the catalogue: a page says
it in its visitor's language, a command in English.
"""

import copy
import typing

from face2bone.words import LINES, Blank, message, together


class Face2BoneError(Exception):
    """Raised, as one of its subclasses, whenever the package refuses an input.

    >>> str(PatientError("The age {age} is above {high}. Check it.", age=131, high=120))
    'The age 131 is above 120. Check it.'
    """

    def __init__(self, words: str, /, **blanks: Blank | int) -> None:
        """A template and its blanks, as for ``message``; or a message made already, by itself."""
        super().__init__(message(words, **blanks) if blanks else words)


_Error = typing.TypeVar("_Error", bound=Face2BoneError)


def to_keep(error: _Error) -> _Error:
    """What an error says, for as long as it is kept or raised again: without how it came about.

    An error that was raised holds the frames that it came through, and with them the picture that
    was being looked at, decoded.
    """
    said = copy.copy(error)
    said.__cause__ = said.__context__ = said.__traceback__ = None
    return said


class PictureError(Face2BoneError):
    """Raised when bytes cannot become a picture that can be looked at."""


class PhotoError(PictureError):
    """Raised when bytes cannot become a safe, upright RGB photo."""


class PhotoTooLarge(PhotoError):
    """Raised when a photo has more bytes or pixels than the limit."""


class PhotoTooSmall(PhotoError):
    """Raised when a photo has a side shorter than the limit."""


class PhotoUnreadable(PhotoError):
    """Raised when the bytes are empty, truncated or damaged."""


class PhotoFormatError(PhotoError):
    """Raised when the bytes are not one still JPEG, PNG, WebP or HEIC picture."""


class RadiographError(PictureError):
    """Raised when bytes cannot become a film with bone bright."""


class RadiographTooLarge(RadiographError):
    """Raised when a radiograph has more bytes or pixels than the limit, packed or unpacked."""


class RadiographTooSmall(RadiographError):
    """Raised when a radiograph has a side shorter than the limit."""


class RadiographUnreadable(RadiographError):
    """Raised when the bytes are empty, truncated or damaged."""


class RadiographFormatError(RadiographError):
    """Raised when the bytes are not one grey DICOM, PNG, JPEG or TIFF picture."""


class RadiographUnsuited(RadiographError):
    """Raised when a DICOM file is no film of a knee or hand that is meant to be looked at."""


class SubjectError(Face2BoneError):
    """Raised when a picture does not hold one usable subject of its study."""


class SubjectNotFound(SubjectError):
    """Raised when no face, knee or hand is found.

    A face was looked for in crops, upscaled and after quarter turns too.
    """


class SeveralSubjects(SubjectError):
    """Raised when a picture holds more than one where one is to be assessed.

    ``subjects``: what was found of each, from the left, for who can say which one is meant.
    """

    def __init__(
        self, words: str, /, subjects: tuple[typing.Any, ...] = (), **blanks: Blank | int
    ) -> None:
        super().__init__(words, **blanks)
        self.subjects = subjects


class SubjectRejected(SubjectError):
    """Raised when what was found fails a quality check that rejects."""


class CovariateMissing(Face2BoneError):
    """Raised when a network reads values beside the picture and one of them is missing."""


class ManifestError(Face2BoneError):
    """Raised when a cohort table breaks a rule; names the row, the column and the rule."""


class LeakingSplit(ManifestError):
    """Raised when one patient stands on two sides of a split."""


class BundleError(Face2BoneError):
    """Raised when a trained model cannot be loaded."""


class BundleMissing(BundleError):
    """Raised when the bundle's folder or one of its files is not there."""


class BundleCorrupt(BundleError):
    """Raised when a file differs from its recorded hash or cannot be parsed."""


class WrongStudy(BundleError):
    """Raised when a bundle meets the pictures or the cohort of a study that is not its own."""


class StudyError(Face2BoneError):
    """Raised when a study is unknown, or is planned and something is asked of it."""


class ConceptNameRefused(Face2BoneError):
    """Raised when a concept cannot be given a name, or the name cannot be kept.

    ``overtaken``: somebody else has named the concept since its name was last read.
    """

    def __init__(self, words: str, /, overtaken: bool = False, **blanks: Blank | int) -> None:
        super().__init__(words, **blanks)
        self.overtaken = overtaken


class TrainingError(Face2BoneError):
    """Raised when a training run cannot start or continue."""


class TrainingDiverged(TrainingError):
    """Raised when the loss of a training run stops being finite."""


class RecalibrationRefused(Face2BoneError):
    """Raised when a clinic's results do not support a new calibration, or a demo is asked for."""


class EvaluationError(Face2BoneError):
    """Raised when an evaluation cannot be made, written or read."""


class SurvivalError(Face2BoneError):
    """Raised when a survival analysis cannot be made of these patients."""


class NoEvents(SurvivalError):
    """Raised when nobody had the event, or nobody whom a figure needs."""


class ConstantColumn(SurvivalError):
    """Raised when a column is the same for all who are at risk together, or repeats others."""


class Separation(SurvivalError):
    """Raised when a column orders the events so well that no finite hazard ratio fits best."""


class ExplanationError(Face2BoneError):
    """Raised when a cohort's explanations cannot be made, written, found or read."""


class ScoringError(Face2BoneError):
    """Raised when a cohort cannot be scored, or its scores cannot be kept or read."""


class ArchiveRefused(ScoringError):
    """Raised when a ZIP file is damaged, too large, or holds an archive, a link or a bad path."""


class ClusterError(Face2BoneError):
    """Raised when a Ray cluster cannot be started or joined, or gives up."""


class LineFull(Face2BoneError):
    """Raised when so many computations wait for their turn that no more are taken."""


class EngineError(Face2BoneError):
    """Raised when an inference engine is unknown or unavailable here."""


class PatientError(Face2BoneError):
    """Raised when a patient's details are missing or out of range."""


class NumberRefused(Face2BoneError):
    """Raised when what was typed in a field is no number, or one out of range."""


class RecordsError(Face2BoneError):
    """Raised when something cannot be kept in, found in or taken out of the records."""


class RecordsUnavailable(RecordsError):
    """Raised when the records database cannot be opened, reached or written."""


class RecordRefused(RecordsError):
    """Raised when what was to be kept lacks something, or names nobody the records know."""


class ImportRefused(RecordsError):
    """Raised when a table to be taken in breaks rules; nothing of it has been kept.

    ``problems`` has one line for each row at fault; the message holds them all.
    """

    def __init__(
        self, words: str, /, problems: tuple[str, ...] = (), **blanks: Blank | int
    ) -> None:
        self.summary = message(words, **blanks) if blanks else words
        super().__init__(together((self.summary, *problems), LINES))
        self.problems = problems


class PhotoKeyError(RecordsError):
    """Raised when the key of the kept photos is missing, damaged or not theirs."""


class AccessError(Face2BoneError):
    """Raised when somebody may not do, or see, what they asked for."""


class NotPermitted(AccessError):
    """Raised when the role of the user does not allow it."""


class SignedOut(AccessError):
    """Raised when nobody is signed in where somebody has to be, or no longer."""


class ListenError(Face2BoneError):
    """Raised when pictures cannot be received from an archive, or answered into it, as asked."""


class SendError(Face2BoneError):
    """Raised when a report cannot be sent to a FHIR server, or not as asked."""


class DocumentInvalid(Face2BoneError):
    """Raised when a file is no assessment document; names the first field at fault."""


class SettingsError(Face2BoneError):
    """Raised when a setting has an invalid value."""

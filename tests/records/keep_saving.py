"""Saves one assessment over and over and says so after each; started, and killed, by a test.

python keep_saving.py URL DOCUMENT TIMES
"""

import sys
from pathlib import Path

from face2bone.records import ConsentBy, Records, Visit, save
from face2bone.report.assessment.document import read_document


def main(url: str, document: str, times: int) -> None:
    assessed = read_document(Path(document).read_bytes())
    records = Records(url)
    for i in range(times):
        visit = Visit(
            patient_id=f"P-{i:04d}",
            decision=assessed.referral.urgency,
            saved_by="killed soon",
            consent_by=ConsentBy.PATIENT,
        )
        print(save(records, assessed, visit), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""One assessment as documents: JSON, PDF, FHIR, DICOM, and text."""

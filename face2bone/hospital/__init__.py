"""Pictures that a hospital's archive sends by DICOM, and the answers that go back into it.

What arrives is on the disk before its arrival is acknowledged, is assessed without anybody, and is
answered by objects of the same study, which a second sending makes to the byte again.

``fhir`` sends reports to a hospital's FHIR server.
"""

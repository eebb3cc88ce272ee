"""Reports to a hospital's FHIR R4 server: as transactions, out of an outbox that outlives a kill.

A report that was put into the outbox is sent until the server has it. What is sent a second time
makes nothing twice, because the server is asked to create only what it does not have yet.
"""

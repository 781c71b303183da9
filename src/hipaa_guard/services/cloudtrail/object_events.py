"""The data events of S3 objects that a record of reads, or of writes, may not leave out.

S3 user guide, "Amazon S3 CloudTrail events", section "Amazon S3 data events in CloudTrail", read 2026-11-30. A read
that counts gives out an object's content. A write that counts makes, changes or removes an object, or changes who
may read it and how long it is kept. The others are parts of these, or tell names and properties only.
"""

READS = ("GetObject", "GetObjectTorrent", "SelectObjectContent")

WRITES = (
    "CompleteMultipartUpload",
    "CopyObject",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjects",
    "PutObject",
    "PutObjectAcl",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "RenameObject",
    "RestoreObject",
)

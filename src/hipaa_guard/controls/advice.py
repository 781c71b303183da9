"""Why gaps of several controls stop no pipeline by the preset ``recommended`` (`Control.advisory`)."""

from __future__ import annotations

OWN_KEY = "The data is encrypted without it; a key of one's own adds control over who may decrypt it."
BEHIND_GROUPS = "Security groups decide about each machine behind it, and their controls stop a pipeline."
OF_RECORDS = "Only a person knows whether what it holds is a record that the law asks to be kept."
AGAINST_MISTAKES = "It keeps people from a mistake; it lets nobody in and loses no record by itself."
MORE_METRICS = "It adds detail to metrics that are there without it, and costs money."
SIGN_IN_BY_IAM = (
    "Passwords in a secret that is rotated protect the sign-in as well; applications have to be changed for it."
)

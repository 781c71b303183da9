"""The citations of the rule, held by subject: which lines the controls of a subject must cite, and which they may not.

The rows are patterns, so that the next control of a subject is held too. The law is 45 CFR 164.308 to 164.316.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

import pytest

from hipaa_guard import law
from hipaa_guard.controls.control import Control
from tests.policies.registry import CONTROLS

ENCRYPTION, TIME_LIMIT, MALWARE = "164.312(a)(2)(iv)", "164.316(b)(2)(i)", "164.308(a)(5)(ii)(B)"
DISPOSAL, RE_USE = "164.310(d)(2)(i)", "164.310(d)(2)(ii)"
TRANSMISSION, TRANSIT_INTEGRITY, TRANSIT_ENCRYPTION = "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"
BACKUP, RECOVERY, REVIEW = "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(1)(ii)(D)"
INTEGRITY, IDENTITY, PASSWORDS = "164.312(c)(1)", "164.312(d)", "164.308(a)(5)(ii)(D)"
CONTRACTS, INCIDENTS, RIGHTS = "164.308(b)(1)", "164.308(a)(6)(ii)", "164.308(a)(4)(ii)(C)"


class Subject(NamedTuple):
    """The controls of a subject, by patterns on ``folder/id``, and what they cite."""

    name: str
    pattern: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    except_: str = r"(?!)"
    """The ids that the pattern finds and that are of another subject."""

    def controls(self) -> list[Control]:
        return [
            control
            for control in CONTROLS
            if re.search(self.pattern, f"{control.safeguard}/{control.id}") and not re.search(self.except_, control.id)
        ]


SUBJECTS = (
    Subject("TLS", r"^encryption_in_transit/", must=(TRANSMISSION, TRANSIT_INTEGRITY, TRANSIT_ENCRYPTION)),
    Subject("encryption at rest", r"^encryption_at_rest/", must=(ENCRYPTION,)),
    Subject(
        "encryption of media",
        r"^encryption_at_rest/.*(encrypted_at_rest|volume_encrypted|snapshot_encrypted|devices_encrypted|by_default)$",
        must=(ENCRYPTION, DISPOSAL, RE_USE),
        # Topics hand messages on and keep none; AWS encrypts them in any case.
        except_=r"^sns_",
    ),
    Subject("other accounts", r"cross_account|foreign_trust", must=(CONTRACTS,)),
    Subject("public policies, snapshots and access blocks", r"public_access|not_public$", must=("164.312(a)(1)",)),
    Subject("public access blocks", r"public_access", must=(RIGHTS,), must_not=(TRANSMISSION,)),
    Subject(
        "cleartext protocols", r"_(cleartext|clinical)$", must=(TRANSMISSION, TRANSIT_INTEGRITY, TRANSIT_ENCRYPTION)
    ),
    Subject(
        "networks", r"^network_exposure/(sg|nacl|vpc|subnet)_|_no_public_ip$", must=("164.312(a)(1)", TRANSMISSION)
    ),
    Subject("backups", r"^backup_recovery/.*(backup|pitr|versioning|replication)", must=(BACKUP, RECOVERY)),
    Subject(
        "deletion", r"^(backup_recovery|integrity)/(rds|dynamodb|ec2|kms).*(deletion|termination)", must=(INTEGRITY,)
    ),
    Subject("second zones", r"_multi_az$", must=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")),
    Subject("keys of the customer", r"_cmk$|key_rotation", must=(ENCRYPTION,)),
    Subject("second factors", r"mfa_enabled$|imdsv2", must=(IDENTITY,)),
    Subject("trust of roles", r"oidc|_trust_", must=("164.312(a)(1)", IDENTITY)),
    Subject(
        "passwords, keys and secrets",
        r"no_secrets$|password_(policy|managed)|master_password|access_key_max|secret_(rotation|value)",
        must=(PASSWORDS,),
    ),
    Subject("rights that nobody used", r"_unused_", must=("164.308(a)(3)(ii)(C)", RIGHTS)),
    Subject("all rights", r"administrator_access|_no_admin$", must=("164.308(a)(3)(i)", "164.312(a)(1)")),
    Subject("sessions", r"session_limited", must=("164.312(a)(2)(iii)",)),
    Subject(
        "everything else",
        r"^(?!encryption_in_transit|network_exposure)",
        must_not=(TRANSIT_INTEGRITY, TRANSIT_ENCRYPTION),
    ),
    Subject("object lock", r"object_lock|log_file_validation", must=("164.312(c)(1)", "164.312(c)(2)")),
    Subject("retention of logs", r"^audit_logging/log_group_retention", must=(REVIEW,)),
    # The six years are those of the documentation that the rule asks for, not of what an application writes.
    Subject("application logs", r"^audit_logging/.*one_year", must_not=(TIME_LIMIT,)),
    Subject("who did what", r"^audit_logging/.*(logged|logging|exported|flow_logs)", must=("164.312(b)", REVIEW)),
    Subject("metrics", r"^monitoring/", must=(REVIEW,), must_not=(INCIDENTS,)),
    Subject("patching", r"^patching/", must=("164.308(a)(1)(ii)(B)",), must_not=(MALWARE,)),
    Subject("use of the root user", r"root_not_used", must=("164.312(a)(2)(i)",), must_not=(RIGHTS,)),
)

ROWS = [(subject, control) for subject in SUBJECTS for control in subject.controls()]


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_every_subject_has_controls_and_names_lines_of_the_rule(subject: Subject) -> None:
    assert subject.controls(), f"no control is of the subject {subject.name}"
    assert {*subject.must, *subject.must_not} <= set(law.citations())
    assert subject.must or subject.must_not


@pytest.mark.parametrize("subject, control", ROWS, ids=lambda each: getattr(each, "id", None) or each.name)
def test_a_control_cites_the_lines_of_its_subject(subject: Subject, control: Control) -> None:
    missing = [each for each in subject.must if each not in control.hipaa]
    wrong = [each for each in subject.must_not if each in control.hipaa]
    assert not missing, f"{control.id} is about {subject.name} and does not cite {missing}"
    assert not wrong, f"{control.id} is about {subject.name} and cites {wrong}"


def test_no_line_rests_on_patching_alone() -> None:
    # Patches are one measure of many: "risk management" would look done where all else is open.
    folders = defaultdict(set)
    for control in CONTROLS:
        for citation in control.hipaa:
            folders[citation].add(control.safeguard)
    assert [citation for citation, found in folders.items() if found == {"patching"}] == []


PROCEDURES = ("procedure", "policy", "policies", "plan", "plans", "record", "rules")
"""Words of our summaries for what a person writes or does."""


@pytest.mark.parametrize("citation", law.citations())
def test_only_a_line_that_asks_for_a_mechanism_can_be_decided_by_a_scan(citation: str) -> None:
    line = law.citations()[citation]
    if line.assessment == "automated":
        text = f"{line.name} {line.summary}".lower()
        assert line.safeguard == "technical", f"{citation} asks for more than a mechanism"
        assert not [word for word in PROCEDURES if re.search(rf"\b{word}\b", text)]


CUSTOMERS = re.compile(r"customer side|with the customer|customer moves", re.IGNORECASE)
"""Words of our evidence for the half of a line that is the customer's."""


@pytest.mark.parametrize("citation", law.citations())
def test_what_the_customer_also_does_is_not_inherited(citation: str) -> None:
    line = law.citations()[citation]
    if line.assessment == "aws-inherited":
        assert not CUSTOMERS.search(line.evidence), f"{citation} is partial: the customer has a half of it"
        assert line.judged_by == ()

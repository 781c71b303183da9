"""IAM roles that AWS keeps: no control asks the customer to change what only AWS, or a permission set, changes."""

from hipaa_guard.authoring import Resource, Verdict, not_applicable
from hipaa_guard.controls.control import Status
from hipaa_guard.services import iam


def if_ours(resource: Resource, verdict: Verdict) -> Verdict:
    """The verdict, but not applicable instead of a gap of a role of Identity Center or a service-linked role.

    Raises:
        Undecided: there is a gap, and it is not known whose role it is.

    """
    kept = resource.kept_by_aws() if verdict.status is Status.FAIL and isinstance(resource, iam.Role) else None
    return not_applicable(kept) if kept is not None else verdict

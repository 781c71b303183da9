"""The meanings of failed calls: the only table of error codes.

Every exception of a call is classified here, and nowhere else. No default passes: a failure that is not in the table
makes its facts unknown, with its code in the reason. This table never says that a code means "none is configured".
Only a reading may declare that for its operation (`Ask.absent`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hipaa_guard.facts.values import Cause, Unknown


class Meaning(StrEnum):
    """The meaning of a failure."""

    VANISHED = "not found"
    DENIED = "denied"
    NOT_ENABLED = "not enabled"
    NOT_OFFERED = "not offered in this region"
    UNREACHABLE = "not reachable"
    THROTTLED = "throttled"
    EXPIRED = "credentials expired"
    BAD_CREDENTIALS = "credentials not valid"
    SERVER = "service error"
    SPOILT = "no answer of AWS's"
    OURS = "asked wrongly"
    TRUNCATED = "not all pages"
    NOT_STORED = "not in the evidence"
    OTHER = "other"


CAUSES: Mapping[Meaning, Cause] = {
    Meaning.VANISHED: Cause.OTHER,
    Meaning.DENIED: Cause.DENIED,
    Meaning.NOT_ENABLED: Cause.NOT_ENABLED,
    Meaning.NOT_OFFERED: Cause.NOT_ENABLED,
    Meaning.UNREACHABLE: Cause.UNREACHABLE,
    Meaning.THROTTLED: Cause.THROTTLED,
    Meaning.EXPIRED: Cause.CREDENTIALS,
    Meaning.BAD_CREDENTIALS: Cause.CREDENTIALS,
    Meaning.SERVER: Cause.SERVICE_ERROR,
    Meaning.SPOILT: Cause.UNREACHABLE,
    Meaning.OURS: Cause.OTHER,
    Meaning.TRUNCATED: Cause.NOT_COLLECTED,
    Meaning.NOT_STORED: Cause.NOT_COLLECTED,
    Meaning.OTHER: Cause.OTHER,
}

CODES: Mapping[Meaning, frozenset[str]] = {
    Meaning.DENIED: frozenset(
        {
            "403",
            "AccessDenied",
            "AccessDeniedException",
            "AllAccessDisabled",
            "AuthorizationError",
            "AuthorizationErrorException",
            "Forbidden",
            "ForbiddenException",
            "InsufficientPrivilegesException",
            "KMSAccessDeniedException",
            "NotAuthorized",
            "NotAuthorizedException",
            "UnauthorizedAccess",
            "UnauthorizedException",
            "UnauthorizedOperation",
        }
    ),
    Meaning.EXPIRED: frozenset(
        {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "UnauthorizedSSOTokenError"}
    ),
    # These also mean "this region is not enabled", if the token is not valid in it.
    Meaning.BAD_CREDENTIALS: frozenset(
        {
            "AuthFailure",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        }
    ),
    Meaning.NOT_ENABLED: frozenset(
        {"NotSignedUp", "OptInRequired", "PendingVerification", "SubscriptionRequiredException", "SubscriptionRequired"}
    ),
    Meaning.THROTTLED: frozenset(
        {
            "429",
            "503",
            "509",
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        }
    ),
    Meaning.SERVER: frozenset(
        {
            "500",
            "502",
            "504",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "InternalServiceException",
            # The endpoint does not know the operation: a region without the feature, or a simulated service.
            "InvalidAction",
            # The credential report expired, or is being renewed, after it was requested and before it was read.
            "ReportExpired",
            "ReportInProgress",
            "ReportNotPresent",
            "ServerException",
            "ServiceException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "UnknownOperationException",
        }
    ),
    Meaning.OURS: frozenset(
        {
            "InvalidInput",
            "InvalidParameter",
            "InvalidParameterCombination",
            "InvalidParameterException",
            "InvalidParameterValue",
            "InvalidParameterValueException",
            "InvalidRequest",
            "InvalidRequestException",
            "MissingParameter",
            "UnknownParameter",
            "ValidationError",
            "ValidationException",
        }
    ),
    Meaning.VANISHED: frozenset(
        {"404", "NoAvailableConfigurationRecorder", "NoSuchBucket", "NoSuchEntity", "PolicyNotFound"}
    ),
}

_BY_CODE = {code: meaning for meaning, codes in CODES.items() for code in codes}
_NOT_FOUND = re.compile(r"^NoSuch\w+$|NotFound(Exception|Fault|Error)?$|^\w+\.NotFound$|(NonExistent|DoesNotExist)")

_BY_EXCEPTION: Mapping[str, Meaning] = {
    "ConnectTimeoutError": Meaning.UNREACHABLE,
    "ConnectionClosedError": Meaning.UNREACHABLE,
    "EndpointConnectionError": Meaning.UNREACHABLE,
    "ProxyConnectionError": Meaning.UNREACHABLE,
    "SSLError": Meaning.UNREACHABLE,
    "SilentEndpointError": Meaning.UNREACHABLE,
    "HTTPClientError": Meaning.UNREACHABLE,
    "ReadTimeoutError": Meaning.SERVER,
    "IncompleteReadError": Meaning.SPOILT,
    "SpoiltAnswerError": Meaning.SPOILT,
    "UnservedOperationError": Meaning.OTHER,
    "SlowAnswerError": Meaning.UNREACHABLE,
    "ResponseStreamingError": Meaning.SERVER,
    "ResponseParserError": Meaning.SPOILT,
    "NotImplementedError": Meaning.SERVER,  # a simulated service that lacks the operation
    "ParamValidationError": Meaning.SPOILT,  # the tables fit botocore's models: a name that AWS cannot have listed
    "PaginationError": Meaning.TRUNCATED,
    "MorePagesError": Meaning.TRUNCATED,
    "EndlessListError": Meaning.TRUNCATED,
    "ReportNotReadyError": Meaning.SERVER,
    "NoCredentialsError": Meaning.BAD_CREDENTIALS,
    "PartialCredentialsError": Meaning.BAD_CREDENTIALS,
    "CredentialRetrievalError": Meaning.EXPIRED,
    "TokenRetrievalError": Meaning.EXPIRED,
    "SSOTokenLoadError": Meaning.EXPIRED,
    "UnauthorizedSSOTokenError": Meaning.EXPIRED,
    "RefreshWithMFAUnsupportedError": Meaning.EXPIRED,
    "EndpointProviderError": Meaning.NOT_OFFERED,
    "EndpointVariantError": Meaning.NOT_OFFERED,
}

# Words of AWS for the policy that denied, longest first, so that none is taken for a shorter one.
_DENIERS = (
    ("service control policy", "by a service control policy of the organization"),
    ("resource control policy", "by a resource control policy of the organization"),
    ("permissions boundary", "by the permissions boundary of the role"),
    ("session policy", "by the session policy"),
    ("VPC endpoint policy", "by the policy of the VPC endpoint"),
    ("resource-based policy", "by the policy of the resource"),
    ("identity-based policy", "by the policies of the role"),
)
_ACTION_IN_WORDS = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one call was not answered, or not in full."""

    meaning: Meaning
    code: str
    message: str
    operation: str
    region: str
    action: str
    tries: int = 1
    """Number of attempts."""

    @property
    def cause(self) -> Cause:
        return CAUSES[self.meaning]

    @property
    def reason(self) -> str:
        """One phrase for people."""
        where = f"{self.action} in {self.region}"
        match self.meaning:
            case Meaning.DENIED:
                return f"access denied to {where}{self._denier()}"
            case Meaning.UNREACHABLE:
                return f"{self.operation.partition('.')[0]} in {self.region} could not be reached"
            case Meaning.EXPIRED:
                return f"the credentials expired before {where} was answered"
            case Meaning.TRUNCATED:
                return f"{where} answered only some of its pages"
            case Meaning.NOT_STORED:
                return f"{where} is not in the evidence"
            case Meaning.SPOILT:
                return f"{where} was not answered by AWS: {self.message}{self._tried()}"
            case Meaning.OURS:
                return f"{where} was asked wrongly, which is a fault of this program ({self._detail()})"
            case Meaning.VANISHED | Meaning.OTHER:
                return f"{where} was refused ({self._detail()})"
            case _:
                return f"{where}: {self.meaning} ({self.code}{self._tried()})"

    @property
    def hint(self) -> str:
        """The next step for the user."""
        return _HINTS[self.meaning].format(action=self.action, region=self.region)

    def unknown(self) -> Unknown:
        """The refusal as an unknown value."""
        return Unknown(self.reason, self.cause, action=self.action if self.meaning is Meaning.DENIED else None)

    def means_absent(self, absent: Sequence[str]) -> bool:
        """Whether the reading declares this failure to mean "none is configured".

        Entries of `absent` are error codes, or ``"Code: words"`` for a code that means it only with these words in the
        message. A denial never counts without words.
        """
        for entry in absent:
            code, _, words = entry.partition(":")
            if code != self.code or (self.meaning in _NEVER_ABSENT and not words):
                continue
            if words.strip().lower() in self.message.lower():
                return True
        return False

    def _tried(self) -> str:
        return f", asked {self.tries} times" if self.tries > 1 else ""

    def _denier(self) -> str:
        words = self.message.lower()
        return next((f" {denier}" for found, denier in _DENIERS if found.lower() in words), "")

    def _detail(self) -> str:
        return f"{self.code}: {self.message}" if self.message else self.code


_NEVER_ABSENT = frozenset(
    {Meaning.DENIED, Meaning.EXPIRED, Meaning.BAD_CREDENTIALS, Meaning.THROTTLED, Meaning.SERVER, Meaning.SPOILT}
)

_HINTS: Mapping[Meaning, str] = {
    Meaning.VANISHED: "It may have been deleted during the scan: scan again.",
    Meaning.DENIED: "Allow {action} to the role that scans (hipaa-guard iam-policy prints the whole policy).",
    Meaning.NOT_ENABLED: "Enable the service in {region}, or leave the region out of the scan.",
    Meaning.NOT_OFFERED: "Leave {region} out of the scan.",
    Meaning.UNREACHABLE: "Check network, proxy and DNS for {region}, or leave the region out of the scan.",
    Meaning.THROTTLED: "Scan again when the account is less busy.",
    Meaning.EXPIRED: "Log in again, or let the scan assume a role (--role-arn), and scan again.",
    Meaning.BAD_CREDENTIALS: "Use credentials of a regional STS endpoint, valid in {region}.",
    Meaning.SERVER: "Scan again later.",
    Meaning.SPOILT: "Check the network, a proxy or sign-in page on the way and AWS_ENDPOINT_URL, and scan again.",
    Meaning.OURS: "Please report this as a fault of hipaa-guard.",
    Meaning.TRUNCATED: "Scan again.",
    Meaning.NOT_STORED: "Scan the account with --evidence and all controls that are to be judged.",
    Meaning.OTHER: "Look up the code in the documentation of the service.",
}


def classify(error: Exception, *, operation: str, region: str, action: str, answered: bool = False) -> Refusal:
    """The meaning of an exception. One that is not in the table is a fault of this program, unless AWS answered."""
    response: Mapping[str, Any] | None = getattr(error, "response", None)
    if isinstance(response, Mapping) and "Error" in response:
        code = _short(str(response["Error"].get("Code", ""))) or "no code"
        message = str(response["Error"].get("Message") or "")
        status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
        meaning = meaning_of(code, status)
        named = _ACTION_IN_WORDS.search(message) if meaning is Meaning.DENIED else None
        return Refusal(meaning, code, _short(message), operation, region, named[1] if named else action)
    name, meaning = next(
        (
            (name, _BY_EXCEPTION[name])
            for name in (each.__name__ for each in type(error).__mro__)
            if name in _BY_EXCEPTION
        ),
        (type(error).__name__, Meaning.SPOILT if answered else Meaning.OURS),
    )
    return Refusal(meaning, name, _short(str(error)), operation, region, action)


def meaning_of(code: str, status: str = "") -> Meaning:
    """The meaning of an error code; the HTTP status decides only for codes that are not in the table."""
    short = code.removeprefix("Client.").removeprefix("Server.").rpartition("#")[2]
    if short in _BY_CODE:
        return _BY_CODE[short]
    if _NOT_FOUND.search(short):
        return Meaning.VANISHED
    if status in ("429", "503", "509", "500", "502", "504"):
        return _BY_CODE[status]
    return Meaning.OTHER


def _short(message: str, limit: int = 300) -> str:
    message = " ".join(message.encode("utf-8", "replace").decode("utf-8").split())
    return message if len(message) <= limit else message[: limit - 3] + "..."

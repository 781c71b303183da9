"""Results of other tools in a few words, in their documented formats."""

from __future__ import annotations

from typing import Any

ACCOUNT, REGION = "123456789012", "eu-west-1"


def record(check: str, result: str, resource: str, lines: tuple[int, int], file: str = "/main.tf") -> dict[str, Any]:
    """A record of Checkov."""
    told: dict[str, Any] = {"result": result, "evaluated_keys": []}
    if result == "SKIPPED":
        told["suppress_comment"] = "a copy"
    return {
        "check_id": check,
        "check_name": f"what {check} asks for",
        "check_result": told,
        "file_path": file,
        "file_line_range": list(lines),
        "resource": resource,
    }


def checkov(*records: dict[str, Any], framework: str = "terraform", errors: tuple[str, ...] = ()) -> dict[str, Any]:
    """A report of Checkov."""
    names = {"PASSED": "passed_checks", "FAILED": "failed_checks", "SKIPPED": "skipped_checks"}
    results: dict[str, Any] = {name: [] for name in names.values()}
    for each in records:
        results[names[each["check_result"]["result"]]].append(each)
    results["parsing_errors"] = list(errors)
    return {"check_type": framework, "results": results, "summary": {"checkov_version": "3.3.30"}}


def misconfiguration(id: str, status: str, resource: str, lines: tuple[int, int], *around: str) -> dict[str, Any]:
    """A misconfiguration of Trivy; ``around`` are the blocks that the cause stands in."""
    occurrences = [{"Resource": name, "Filename": "main.tf", "Location": {}} for name in around]
    cause: dict[str, Any] = {"Provider": "AWS", "Service": "s3", "Occurrences": occurrences}
    if resource:
        cause |= {"Resource": resource, "StartLine": lines[0], "EndLine": lines[1]}
    message = f"what {id} found"
    return {"ID": id, "Title": f"what {id} asks for", "Message": message, "Status": status, "CauseMetadata": cause}


def trivy(*entries: dict[str, Any], target: str = "main.tf", type: str = "terraform") -> dict[str, Any]:
    """A report of Trivy on one file."""
    result = {"Target": target, "Class": "config", "Type": type, "Misconfigurations": list(entries)}
    return {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [result]}


def prowler(
    check: str, code: str, uid: str, *, name: str = "", status_id: int = 1, provider: str = "aws"
) -> dict[str, Any]:
    """An event of Prowler."""
    return {
        "class_uid": 2004,
        "metadata": {"event_code": check, "product": {"name": "Prowler", "vendor_name": "Prowler"}, "version": "1.5.0"},
        "finding_info": {"title": f"what {check} asks for", "uid": f"prowler-aws-{check}"},
        "status_code": code,
        "status_detail": f"what {check} found",
        "status_id": status_id,
        "resources": [{"uid": uid, "name": name, "type": "AwsS3Bucket", "region": REGION}],
        "cloud": {"account": {"uid": ACCOUNT}, "provider": provider, "region": REGION},
    }


def finding(id: str, status: str, resource: str, **more: Any) -> dict[str, Any]:
    """A finding of Security Hub: a control that rests on a rule of AWS Config."""
    return {
        "SchemaVersion": "2018-10-08",
        "ProductArn": f"arn:aws:securityhub:{REGION}::product/aws/securityhub",
        "GeneratorId": "security-control/S3.14",
        "AwsAccountId": ACCOUNT,
        "Title": "what the control asks for",
        "Compliance": {"Status": status, "SecurityControlId": "S3.14"},
        "ProductFields": {"RelatedAWSResources:0/name": id, "RelatedAWSResources:0/type": "AWS::Config::ConfigRule"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": resource, "Region": REGION}],
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        **more,
    }

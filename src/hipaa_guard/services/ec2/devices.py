"""The volumes of instances, and those that launch templates declare."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services.ec2.arguments import of_blocks, truth

ROOT_NAMES = ("/dev/xvda", "/dev/sda1")
"""The names of the root volume: in Amazon Linux, and in most other images."""


class BlockDevice(Record):
    """A volume of an instance, or of instances that start from a template."""

    __slots__ = ("declared", "encrypted", "name", "of_image", "snapshot", "volume")

    name: str
    encrypted: bool | None
    """None if it is left out, or false for a volume to come: the default of the region decides, or its snapshot."""
    snapshot: str | None
    volume: str | None
    """The volume that is attached: in a live account every one, in source those that are declared by themselves."""
    declared: bool
    """False for the root volume of an instance if it is not declared."""
    of_image: bool
    """Whether it is certainly the root volume, which comes from the image."""

    def __init__(self, *, of_image: bool = False, **fields: Value) -> None:
        super().__init__(of_image=of_image, **fields)

    def in_words(self) -> str:
        """The name of the volume for a message; empty if the name is not known."""
        try:
            return f": {self.name}" if self.name else ""
        except Undecided:
            return ""

    def is_same_as(self, other: BlockDevice) -> bool:
        """Whether a volume of a launch and one of its template are the same device."""
        return self.name == other.name or (self.of_image and other.name in ROOT_NAMES)

    def not_listed(self) -> Undecided:
        """The reason for an attached volume that EC2 did not list."""
        return Undecided(Unknown(f"{self.volume} is attached, but was not among the volumes listed"))


def _unless_false(encrypted: Value, *, exists: bool) -> Value:
    """None for false, unless the volume exists: AWS encrypts a new volume if its region or its snapshot says so."""
    return None if encrypted is False and not exists else encrypted


_ATTACHMENTS = ("aws_volume_attachment", "awscc_ec2_volume_attachment")
ATTACHED = dict.fromkeys(_ATTACHMENTS, ("instance_id",))
"""The types that attach a volume to an instance, with their argument that names the instance."""


def _attached_apart(view: View) -> Value:
    """The volumes that are declared by themselves, and that something attaches to an instance."""

    def device(get: Callable[[str], Value], name: str) -> BlockDevice:
        return BlockDevice(name=get(name), encrypted=None, snapshot=None, volume=get("volume_id"), declared=True)

    apart = joined(*(view.linked(type, "instance_id") for type in _ATTACHMENTS))
    return joined(
        mapped(lambda each: device(each.get, "device" if each.type.startswith("awscc_") else "device_name"), apart),
        of_blocks(view.get("volumes"), lambda block: device(block.get, "device")),  # of `awscc_ec2_instance`
    )


def declared(view: View) -> Value:
    """The root volume, which every instance has even if it is not declared, and the further volumes."""
    exists = view.get("id") is not None

    def device(name: Value, *, of_image: bool = False) -> Callable[[dict[str, Value]], BlockDevice]:
        return lambda block: BlockDevice(
            name=block.get("device_name") or name,
            encrypted=_unless_false(truth(block.get("encrypted")), exists=exists),
            snapshot=block.get("snapshot_id"),
            volume=None,
            declared=True,
            of_image=of_image,
        )

    root = of_blocks(view.get("root_block_device"), device("root", of_image=True))
    if not list.__len__(root) and not isinstance(root, Incomplete):
        root = [_undeclared_root()]
    return joined(root, of_blocks(view.get("ebs_block_device"), device("a further volume")), _attached_apart(view))


def of_awscc(view: View) -> Value:
    """The volumes of an instance of the `awscc` provider: its root volume too, which may stand among the others."""
    exists = view.get("id") is not None
    found = of_blocks(view.get(_MAPPINGS), lambda mapping: _declared_mapping(mapping, exists=exists))
    seen = found.seen if isinstance(found, Incomplete) else found
    names = [device.peek("name") for device in seen]
    if isinstance(found, Incomplete) or any(name in ROOT_NAMES or isinstance(name, Unknown) for name in names):
        return joined(found, _attached_apart(view))
    return joined([_undeclared_root()], found, _attached_apart(view))


def _undeclared_root() -> BlockDevice:
    return BlockDevice(name="root", encrypted=None, snapshot=None, volume=None, declared=False, of_image=True)


_MAPPINGS = "block_device_mappings"


def _left_out(mapping: dict[str, Value]) -> bool:
    """Whether a mapping leaves out a device that the image has: by any text in launch templates, by true elsewhere."""
    no_device = mapping.get("no_device")
    if isinstance(no_device, Unknown):
        raise Undecided(no_device)
    return no_device not in (None, "", False)


def _declared_mapping(mapping: dict[str, Value], *, exists: bool = False) -> BlockDevice | None:
    volume = mapping.get("ebs")
    volume = next(iter(volume), None) if isinstance(volume, list) else volume
    if volume is None or _left_out(mapping):  # a device of the host, or one left out of the image's
        return None
    return _of_mapping(mapping.get("device_name"), volume, "encrypted", "snapshot_id", exists=exists)


def of_template(view: View) -> Value:
    """The volumes that a launch template declares."""
    return of_blocks(view.get(_MAPPINGS), _declared_mapping)


def of_awscc_template(view: View) -> Value:
    """As `of_template`, of the `awscc` provider."""
    return of_blocks(view.get(f"launch_template_data.{_MAPPINGS}"), _declared_mapping)


def of_launch_configuration(view: View) -> Value:
    """The volumes that a launch configuration declares, with its root volume as far as it is among them."""

    def device(block: dict[str, Value]) -> BlockDevice | None:
        return None if _left_out(block) else _of_mapping(block.get("device_name"), block, "encrypted", "snapshot_id")

    def root(block: dict[str, Value]) -> BlockDevice:
        return _of_mapping("root", block, "encrypted", "snapshot_id", of_image=True)

    blocks = (of_blocks(view.get("root_block_device"), root), of_blocks(view.get("ebs_block_device"), device))
    return joined(*blocks, of_blocks(view.get(_MAPPINGS), _declared_mapping))


def of_answered_template(mappings: list[dict[str, Value]] | None) -> Value:
    """The volumes of an answered launch template."""
    return [
        _of_mapping(mapping.get("DeviceName"), mapping["Ebs"], "Encrypted", "SnapshotId")
        for mapping in mappings or []
        if mapping.get("Ebs")
    ]


def _of_mapping(
    name: Value,
    volume: dict[str, Value],
    encrypted: str,
    snapshot: str,
    *,
    exists: bool = False,
    of_image: bool = False,
) -> BlockDevice:
    return BlockDevice(
        name=name,
        encrypted=_unless_false(truth(volume.get(encrypted)), exists=exists),
        snapshot=volume.get(snapshot),
        volume=None,
        declared=True,
        of_image=of_image,
    )


def attached(mappings: list[dict[str, Value]] | None) -> Value:
    """The volumes that are attached to a running instance."""
    return [
        BlockDevice(
            name=mapping.get("DeviceName"),
            encrypted=None,
            snapshot=None,
            volume=mapping["Ebs"]["VolumeId"],
            declared=True,
        )
        for mapping in mappings or []
        if mapping.get("Ebs")
    ]

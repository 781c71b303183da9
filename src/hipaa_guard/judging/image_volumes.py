"""Volumes that come from a machine image: they are encrypted as its snapshots are."""

from typing import cast

from hipaa_guard.authoring import Inventory, every, one_holds, some
from hipaa_guard.facts.resource import Fact
from hipaa_guard.facts.values import Existing, Reference, Undecided, Unknown
from hipaa_guard.judging.disks import snapshot_is_encrypted
from hipaa_guard.services import ebs, ec2, images


def image_of(instance: ec2.Instance, template: ec2.LaunchTemplate | None) -> str | None:
    """The image that an instance starts from: its own, else that of its template."""
    image = instance.image
    return template.image if image is None and template is not None else image


def image_encrypts(device: ec2.BlockDevice, image: str | None, inventory: Inventory) -> bool:
    """Whether a volume that says nothing of encryption comes from an encrypted snapshot of an own image.

    `image` is the image that the instance starts from. A mapping changes the volume of the image with its name, and
    leaves the snapshot and its encryption as they are where it says nothing of them; of another name, it is a new
    volume (EC2 user guide, "Use encryption with EBS-backed AMIs" and "Block device mappings"; read 2026-11-30).

    Raises:
        Undecided: an own image may encrypt the volume, and it is not known whether it does.

    """
    if device.encrypted is not None or device.snapshot is not None or device.volume is not None:
        return False
    if not some(_may_encrypt, inventory.all(images.Image)):
        return False
    found = inventory.find(images.Image, image)
    return found is not None and _gives_encrypted(found, device, inventory)


def _may_encrypt(image: images.Image) -> bool:
    """Whether an image says of itself or of a volume that it is encrypted, or names the snapshot that decides."""
    return one_holds(
        lambda: image.encrypted,
        lambda: some(lambda each: each.encrypted or each.peek("snapshot") is not None, image.devices),
    )


def _gives_encrypted(image: images.Image, device: ec2.BlockDevice, inventory: Inventory) -> bool:
    if image.encrypted:
        return device.of_image or _has_volume(image, device.name, inventory)
    origin = _origin(image, inventory)
    if origin is not None:
        return _gives_encrypted(origin, device, inventory)
    if device.of_image and image.root_name is None:
        return bool(image.devices) and every(lambda each: _is_encrypted(each, inventory), image.devices)
    name = image.root_name if device.of_image else device.name
    return some(lambda each: each.name == name and _is_encrypted(each, inventory), image.devices)


def _origin(image: images.Image, inventory: Inventory) -> images.Image | None:
    """The declared image that another one is a copy of; None where it is declared elsewhere, or is no copy."""
    source = image.peek(cast("Fact", images.Image.source))
    if isinstance(source, Unknown) and not isinstance(source, Reference | Existing):
        raise Undecided(source)
    return inventory.lookup(images.Image, source)


def _has_volume(image: images.Image, name: str, inventory: Inventory) -> bool:
    """Whether a volume of this name comes from a copy of an image, and is no new one.

    Source does not show the volumes of a copy whose image is declared elsewhere: then the usual names of root volumes
    are taken for names of the image.
    """
    shown = _origin(image, inventory) or image
    if some(lambda each: each.name == name, shown.devices):
        return True
    if shown.devices:
        return False
    return name in ec2.ROOT_NAMES if shown.root_name is None else name == shown.root_name


def _is_encrypted(device: images.ImageDevice, inventory: Inventory) -> bool:
    if device.encrypted or device.snapshot is None:
        return bool(device.encrypted)
    return snapshot_is_encrypted(inventory.find(ebs.Snapshot, device.snapshot), inventory)

"""Encryption of disks and their snapshots, and their keys: by themselves, by their source, or by the region's default.

Each function raises `Undecided` where what decides is not known.
"""

from hipaa_guard.authoring import Inventory, some
from hipaa_guard.services import ebs, ec2

Place = ec2.Instance | ec2.LaunchTemplate | ebs.Volume | ebs.Snapshot


def region_encrypts(place: Place, inventory: Inventory) -> bool:
    """Whether the default of the region encrypts what says nothing of encryption."""
    return some(lambda default: default.enabled, inventory.where(ebs.EncryptionByDefault, place))


def snapshot_is_encrypted(snapshot: ebs.Snapshot | None, inventory: Inventory) -> bool:
    """Whether a snapshot is encrypted: by itself, by its volume, its region's default or its source."""
    if snapshot is None:
        return False
    encrypted = snapshot.encrypted
    if encrypted is not None:
        return encrypted
    if snapshot.volume is not None:
        volume = inventory.find(ebs.Volume, snapshot.volume)
        return volume is not None and volume_is_encrypted(volume, inventory)
    if region_encrypts(snapshot, inventory):
        return True
    return snapshot_is_encrypted(inventory.find(ebs.Snapshot, snapshot.source), inventory)


def volume_is_encrypted(volume: ebs.Volume, inventory: Inventory) -> bool:
    """Whether a volume is encrypted: by itself, by its region's default or its snapshot."""
    encrypted = volume.encrypted
    if encrypted or (encrypted is not None and volume.exists):
        return encrypted
    return left_out(volume, volume.snapshot, inventory)


def left_out(place: Place, snapshot: str | None, inventory: Inventory) -> bool:
    """Whether a volume is encrypted that does not say itself that it is."""
    if region_encrypts(place, inventory):
        return True
    return snapshot is not None and snapshot_is_encrypted(inventory.find(ebs.Snapshot, snapshot), inventory)


def key_of_volume(volume: ebs.Volume, inventory: Inventory) -> str | None:
    """The key of an encrypted volume: the one that it names, else that of its snapshot, else the region's default."""
    if volume.key is not None:
        return volume.key
    snapshot = None if volume.snapshot is None else inventory.find(ebs.Snapshot, volume.snapshot)
    if snapshot is not None and snapshot_is_encrypted(snapshot, inventory):
        return key_of_snapshot(snapshot, inventory)
    return default_key(volume, inventory)


def key_of_snapshot(snapshot: ebs.Snapshot, inventory: Inventory) -> str | None:
    """The key of an encrypted snapshot: that of its volume; a copy has its own, else the region's default."""
    volume = None if snapshot.volume is None else inventory.find(ebs.Volume, snapshot.volume)
    if snapshot.key is None and volume is not None:
        return key_of_volume(volume, inventory)
    return default_key(snapshot, inventory) if snapshot.key is None else snapshot.key


def default_key(place: Place, inventory: Inventory) -> str | None:
    """The key that the region takes where none is named; None for ``aws/ebs``, unless another was chosen."""
    return next((default.key for default in inventory.where(ebs.DefaultKey, place)), None)


def device_is_encrypted(device: ec2.BlockDevice, place: Place, inventory: Inventory) -> bool:
    """Whether a device that an instance or template declares is encrypted."""
    if device.volume is not None:
        volume = inventory.find(ebs.Volume, device.volume)
        if volume is None:
            raise device.not_listed()
        return volume_is_encrypted(volume, inventory)
    return left_out(place, device.snapshot, inventory) if device.encrypted is None else device.encrypted

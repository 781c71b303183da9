"""Whether a KMS key that a resource names is one that the customer manages."""

from hipaa_guard.authoring import Inventory
from hipaa_guard.services import kms


def is_customer_managed(key: str | None, inventory: Inventory) -> bool:
    """Whether a key, given as the resource names it (ARN, id, alias, reference), is the customer's own.

    None means that the resource names no key, so that AWS uses its own.

    Raises:
        Undecided: the key is not known or lies outside what was scanned.

    """
    if key is None:
        return False
    alias = inventory.lookup(kms.Alias, key)
    name = inventory.name_of(key)
    if alias is not None:
        key = alias.target
    elif name is not None and "alias/" in name:
        # Alias names under alias/aws/ are reserved for AWS (KMS API reference, CreateAlias).
        return "alias/aws/" not in name
    found = inventory.find(kms.Key, key)
    return found is not None and found.manager == "CUSTOMER"

"""Settings of RDS databases that stand in groups: the group that decides, and whether it is in force."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from hipaa_guard.authoring import Inventory, some
from hipaa_guard.facts.values import Cause, Undecided, Unknown
from hipaa_guard.services import rds, rds_options, rds_parameters

Store = rds.Instance | rds.Cluster | rds.ClusterInstance
ParameterGroup = rds_parameters.ParameterGroup | rds_parameters.ClusterParameterGroup
G = TypeVar("G", rds_parameters.ParameterGroup, rds_parameters.ClusterParameterGroup, rds_options.OptionGroup)
_CHAIN = 16
"""AWS allows chains of three replicas; names in source may form a cycle."""
_IN_FORCE = "in-sync"


def parameter_group(store: Store, inventory: Inventory) -> ParameterGroup | None:
    """The parameter group of an instance, a cluster or an instance of a cluster; None for a default one not listed.

    Raises:
        Undecided: it is not known, is declared elsewhere, or is of another engine, which AWS refuses.

    """
    if isinstance(store, rds.ClusterInstance):
        return _found(rds_parameters.ParameterGroup, store.parameter_group, "default.", inventory)
    if isinstance(store, rds.Cluster):
        name = store.parameter_group
        found: ParameterGroup | None = _found(rds_parameters.ClusterParameterGroup, name, "default.", inventory)
    else:
        name = _inherited(store, inventory, lambda instance: instance.parameter_group)
        found = _found(rds_parameters.ParameterGroup, name, "default.", inventory)
    family = found.family if found is not None else (name or "").removeprefix("default.")
    if family and store.origin.source == "terraform":
        _check_family(family, store, inventory)
    return found


def _check_family(family: str, store: rds.Instance | rds.Cluster, inventory: Inventory) -> None:
    """Nothing, if a parameter group of a family may belong to an instance or cluster. A live account has no other.

    Versions are not compared: AWS refuses those that the family is not of, and source seldom writes them out.
    """
    engine = rds.engine_of(store, inventory)
    if rds_parameters.parted(family)[0] != engine:
        reason = f"its parameter group is of the family {family}, which AWS refuses for {engine}"
        raise Undecided(Unknown(reason, Cause.REFUSED))


def option_group(instance: rds.Instance, inventory: Inventory) -> rds_options.OptionGroup | None:
    """The option group of an instance; None for a default one, which has no options.

    Raises:
        Undecided: it is not known, or is declared elsewhere.

    """
    name = _inherited(instance, inventory, lambda each: each.option_group)
    return _found(rds_options.OptionGroup, name, "default:", inventory)


_BABELFISH = (
    "Babelfish is on and babelfishpg_tds.tds_ssl_encrypt is not 1: sources differ on whether rds.force_ssl alone keeps "
    "plain connections from the port of Babelfish"
)


def further_ports_closed(group: ParameterGroup | None) -> None:
    """Nothing, if plain connections get in at no other port than the engine's own; only Babelfish opens another.

    Raises:
        Undecided: its parameter is off. Aurora's user guide says that rds.force_ssl closes its port too; by the source
            and the documentation of Babelfish the parameter of that port alone does.

    """
    if not isinstance(group, rds_parameters.ClusterParameterGroup) or (group.babelfish or "off").lower() != "on":
        return
    if not group.babelfish_tls_required:
        raise Undecided(Unknown(_BABELFISH))


def parameters_in_force(store: Store) -> None:
    """Nothing, if an instance or cluster runs with all that its parameter group says now.

    Raises:
        Undecided: it may still run with former values, until it is restarted. Source is judged by what it says.

    """
    if store.origin.source != "terraform":
        applied = store.parameters_applied
        _check([applied] if isinstance(applied, str) else applied, "parameter group")


def is_custom(instance: rds.Instance) -> bool:
    """Whether an instance is of RDS Custom, whose host its owner runs."""
    return instance.custom


def cluster_of(instance: rds.ClusterInstance, inventory: Inventory) -> rds.Cluster | None:
    """The cluster of an instance; None where source leaves it out, as a sketch does: the provider refuses that.

    Raises:
        Undecided: it is not known, or is declared elsewhere.

    """
    try:
        return inventory.find(rds.Cluster, instance.cluster)
    except Undecided as error:
        if error.unknown.cause is not Cause.REFUSED:
            raise
        return None


def replicates(cluster: rds.Cluster, inventory: Inventory) -> bool:
    """Whether a cluster replicates another one, or belongs to a global database, of which it may be the first cluster.

    Raises:
        Undecided: that is not known.

    """
    if cluster.replicates is not None:
        return True
    return some(lambda each: inventory.lookup(rds.Cluster, each.source) is cluster, inventory.all(rds.GlobalDatabase))


def is_member(instance: rds.ClusterInstance, cluster: rds.Cluster, inventory: Inventory) -> bool:
    """Whether an instance certainly belongs to a cluster.

    Raises:
        Undecided: its cluster is not known.

    """
    return inventory.find(rds.Cluster, instance.cluster) is cluster


def options_in_force(instance: rds.Instance) -> None:
    """As `parameters_in_force`, of the option group of an instance."""
    if instance.origin.source != "terraform":
        _check([instance.options_applied], "option group")


def _check(states: Iterable[str], group: str) -> None:
    for state in states:
        if state != _IN_FORCE:
            raise Undecided(Unknown(f"its {group} is {state}, so that former values may still be in force"))


def _inherited(instance: rds.Instance, inventory: Inventory, tell: Callable[[rds.Instance], str | None]) -> str | None:
    """The name of the group of an instance; None for the default one.

    A read replica without one has that of its source in the same region (RDS API, CreateDBInstanceReadReplica).
    """
    for _ in range(_CHAIN):
        if is_custom(instance):
            raise Undecided(Unknown("the settings of RDS Custom stand on its host, which no scan reads"))
        name = tell(instance)
        if name is not None or instance.source is None:
            return name
        if inventory.lookup(rds.Cluster, instance.source) is not None:
            return None
        source = inventory.find(rds.Instance, instance.source)
        if source is None or source.origin.region != instance.origin.region:
            return None
        instance = source
    raise Undecided(Unknown("the sources of this replica form a circle"))


def _found(kind: type[G], name: str | None, default: str, inventory: Inventory) -> G | None:
    if name is None:
        return None
    found = inventory.lookup(kind, name)
    if found is None and not (inventory.is_text(name) and name.startswith(default)):
        return inventory.find(kind, name)
    return found

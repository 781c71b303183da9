"""Aurora global databases, as far as they say which cluster they were made of."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block
from hipaa_guard.facts.resource import Resource, fact

_TOLD_BY_CLUSTERS = "a live cluster tells the global database that it belongs to"


class GlobalDatabase(Resource):
    """A global database of Aurora. Its other clusters name it themselves."""

    terraform = Block("aws_rds_global_cluster")
    terraform_only = _TOLD_BY_CLUSTERS
    tells_of_others = True

    source: str | None = fact(terraform="source_db_cluster_identifier", unset=None, terraform_only=_TOLD_BY_CLUSTERS)
    """The cluster that it was made of, and whose data the others copy."""

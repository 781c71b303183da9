from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.job import Job, job_in


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return job_in(tmp_path)

"""Change across rubric versions: compared where a bridge says so, and never by changing what is stored."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assessment.errors import DamagedResult, NothingBefore, ResourceNotFound
from assessment.rubric.catalog import Catalog, default_directory
from assessment.rubric.lock import publish
from assessment.service import assessments, change
from assessment.service.assessments import OrganisationIn, ResponseIn
from assessment.service.context import Principal, Services, open_services
from assessment.settings import Settings
from assessment.store.access import EVERYONE
from assessment.store.tables import RESULTS
from tests.integration.service.helpers import best_answers, new_assessment, new_principal, worst_answers
from tests.rubrics.spoil import replace

QUICK = "alignment-quick"
BRIDGES = {
    "2027.1": ('  - { version: "2026.1", reason: Plainer words. }',),
    "2027.2": ('  - { version: "2027.1", overall: false, dimensions: [slas], reason: Only SLAs are as before. }',),
    "2027.3": (),
}


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quick rubric in four versions: 2027.1 can be compared with 2026.1, of 2027.2 the SLAs can be with 2027.1's,
    and 2027.3 with none."""
    folder = tmp_path_factory.mktemp("versions") / "rubrics"
    first = default_directory() / QUICK / "2026.1"
    shutil.copytree(default_directory(), folder)
    for version, lines in BRIDGES.items():
        shutil.copytree(first, folder / QUICK / version)
        head = folder / QUICK / version / "rubric.yaml"
        replace(head, 'version: "2026.1"', f'version: "{version}"')
        head.write_text("\n".join([head.read_text("utf-8"), *(["bridges:", *lines] if lines else [])]) + "\n", "utf-8")
    publish(folder)
    return folder


def newest(directory: Path, keep: Sequence[str]) -> Path:
    """The folder without the versions that are not to be kept, as an operator who throws old ones away has it."""
    for version in ("2026.1", "2026.2", *BRIDGES):
        if version not in keep:
            shutil.rmtree(directory / QUICK / version)
    (directory / "published.lock").unlink()
    publish(directory)
    return directory


async def complete(services: Services, principal: Principal, version: str, answers: dict[str, Any]) -> str:
    view = await assessments.create(
        services,
        principal,
        new_assessment(
            services,
            rubric=f"{QUICK}@{version}",
            organisation=OrganisationIn("Northwind", external_id="northwind"),
            responses=[ResponseIn(answers, "sales"), ResponseIn(answers, "marketing")],
        ),
    )
    return view.id


async def test_versions_are_compared_over_bridges_and_nothing_else_is(settings: Settings, versions: Path) -> None:
    async with open_services(settings, Catalog.load(versions)) as services:
        principal = await new_principal(services)
        made = {"2026.1": await complete(services, principal, "2026.1", worst_answers(services))}
        for version in BRIDGES:
            made[version] = await complete(services, principal, version, best_answers(services))
        bridged = await change.change(services, principal, made["2027.1"])
        assert bridged.change.bridges == ["Plainer words."]
        assert (bridged.change.overall.change, bridged.change.overall.significant) == (100.0, True)
        assert len(bridged.questions) == 12
        assert bridged.recommendations.open == []
        assert bridged.progress is not None
        assert (bridged.progress.baseline, bridged.progress.percent) == (made["2026.1"], 100.0)

        part = (await change.change(services, principal, made["2027.2"], since=made["2026.1"])).change
        assert part.bridges == ["Only SLAs are as before.", "Plainer words."]
        assert (part.comparable, part.overall.reason) == (True, "not_in_bridge")
        assert {one.dimension: one.change for one in part.dimensions if one.change is not None} == {"slas": 100.0}

        none = await change.change(services, principal, made["2027.3"])
        assert none.since.assessment == made["2027.2"]
        assert (none.change.comparable, none.change.reason) == (False, "other_version")
        assert none.change.explanation is not None
        assert (none.questions, none.recommendations.done) == ([], [])
        assert none.progress is not None
        assert none.progress.baseline == made["2027.3"]

        line = await change.trend(services, principal, none.organisation, limit=20)
        assert [point.rubric.version for point in line.points] == ["2026.1", "2027.1", "2027.2", "2027.3"]
        assert [step.change.comparable for step in line.changes] == [True, True, False]
        assert line.since_baseline is None
        one = await change.trend(services, principal, none.organisation, rubric=f"{QUICK}@2027.1", limit=20)
        assert [point.assessment for point in one.points] == [made["2027.1"]]
        assert one.since_baseline is not None
        assert one.since_baseline.since == made["2026.1"]


async def test_an_older_version_may_come_later_in_time(settings: Settings, versions: Path) -> None:
    async with open_services(settings, Catalog.load(versions)) as services:
        principal = await new_principal(services)
        await complete(services, principal, "2027.1", best_answers(services))
        later = await complete(services, principal, "2026.1", worst_answers(services))
        found = await change.change(services, principal, later)
        assert (found.change.bridges, found.change.overall.change) == (["Plainer words."], -100.0)


async def test_a_version_that_is_not_installed_any_more_is_compared_with_itself_alone(
    settings: Settings, versions: Path, tmp_path: Path
) -> None:
    async with open_services(settings, Catalog.load(versions)) as services:
        principal = await new_principal(services)
        await complete(services, principal, "2026.1", worst_answers(services))
        second = await complete(services, principal, "2026.1", best_answers(services))
        third = await complete(services, principal, "2027.3", best_answers(services))
    left = newest(Path(shutil.copytree(versions, tmp_path / "rubrics")), ["2027.3"])
    async with open_services(settings, Catalog.load(left)) as services:
        alone = await change.change(services, principal, second)
        assert alone.change.comparable
        assert (alone.change.overall.change, alone.change.overall.significant) == (100.0, None)
        assert (alone.change.overall.reason, alone.progress) == ("no_responses", None)
        assert len(alone.questions) == 12
        assert (await change.change(services, principal, third)).change.reason == "other_version"


async def test_another_partners_assessments_are_not_found(services: Services) -> None:
    principal, stranger = await new_principal(services), await new_principal(services, name="Other")
    mine = await complete(services, principal, "2026.1", best_answers(services))
    await complete(services, stranger, "2026.1", best_answers(services))
    theirs = await complete(services, stranger, "2026.1", best_answers(services))
    with pytest.raises(ResourceNotFound):
        await change.change(services, stranger, theirs, since=mine)
    with pytest.raises(ResourceNotFound):
        await change.change(services, stranger, mine)
    with pytest.raises(NothingBefore):
        await change.change(services, principal, mine)
    organisation = (await assessments.get(services, principal, mine)).organisation.id
    with pytest.raises(ResourceNotFound):
        await change.trend(services, stranger, organisation, limit=20)


async def test_a_damaged_result_is_not_compared(services: Services) -> None:
    principal = await new_principal(services)
    await complete(services, principal, "2026.1", worst_answers(services))
    second = await complete(services, principal, "2026.1", best_answers(services))

    async def damage(connection: Any) -> None:
        await connection.execute(RESULTS.update().values(sha256=b"0" * 32))

    await services.queue.run(damage, EVERYONE)
    with pytest.raises(DamagedResult):
        await change.change(services, principal, second)

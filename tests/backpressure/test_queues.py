"""Every queue is known, and none grows when nobody takes anything out of it."""

import pytest

from tests.backpressure.containers import containers
from tests.backpressure.filling import FILLS
from tests.backpressure.queues import KEPT, QUEUES
from tests.links.virtual_time import run

PLACES = {place for queue in QUEUES.values() for place in queue.places}


def test_whatever_can_grow_is_a_queue_or_has_a_reason_why_it_does_not() -> None:
    """A new container is neither forgotten here nor listed after it has gone."""
    assert PLACES | set(KEPT) == set(containers())
    assert not PLACES & set(KEPT)


def test_every_queue_is_filled_below() -> None:
    """None is only described."""
    assert QUEUES.keys() == FILLS.keys()


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_keeps_to_its_bound(socket_enabled: None, name: str) -> None:
    """Twice as much does not make it any larger."""
    fill, pushes = FILLS[name]
    kept, most = run(fill(pushes))
    assert kept <= most
    kept_of_twice, _ = run(fill(2 * pushes))
    assert kept_of_twice == kept

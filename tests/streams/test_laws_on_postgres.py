"""The corridor's laws whose rows are asked for in SQL of their own, once more on PostgreSQL.

The laws are those of the other files; only the database under the corridor is another.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.ledger.postgres import server
from tests.streams.corridor import Corridor
from tests.streams.scrub_kit import one_waits
from tests.streams.test_forgetting_laws import test_what_waits_for_people_goes_on_without_the_forgotten
from tests.streams.test_grant_laws import (
    test_a_grant_ends_by_itself_to_the_second_even_for_what_is_on_its_way,
    test_the_ledger_swears_to_it_without_a_name_and_verifies,
)
from tests.streams.test_head_laws import (
    test_a_new_head_is_in_force_at_its_time_without_a_restart,
    test_a_row_that_is_gone_is_noticed_in_the_very_next_claim,
    test_an_installation_without_any_signed_set_holds_everything_but_the_referral,
    test_tampering_is_noticed_within_a_second_even_where_no_row_was_added,
    watch,
)
from tests.streams.test_last_door_laws import (
    sealed,
    test_a_brothers_seal_counts,
    test_the_others_of_its_lane_go_on_in_order,
    test_what_somebody_lets_go_leaves_under_its_own_id,
)
from tests.streams.test_late_laws import test_a_new_episode_lets_it_go
from tests.streams.test_recall_laws import test_it_is_tracked_until_the_recipient_says_that_it_gave_it_back, told
from tests.streams.test_review_laws import test_a_seal_on_the_child_in_doubt_takes_back_what_the_other_gave_away
from tests.streams.test_scrub_laws import (
    test_the_text_arrives_when_a_person_has_let_it_go_and_what_is_known_of_the_family_does_not,
)
from tests.streams.test_seal_laws import test_a_recall_reaches_only_who_had_a_value_and_what_replaces_it_has_none
from tests.streams.test_sibling_laws import test_what_is_true_when_it_leaves_counts

LAWS = (
    test_what_waits_for_people_goes_on_without_the_forgotten,
    test_a_grant_ends_by_itself_to_the_second_even_for_what_is_on_its_way,
    test_the_ledger_swears_to_it_without_a_name_and_verifies,
    test_a_new_head_is_in_force_at_its_time_without_a_restart,
    test_a_row_that_is_gone_is_noticed_in_the_very_next_claim,
    test_an_installation_without_any_signed_set_holds_everything_but_the_referral,
    test_tampering_is_noticed_within_a_second_even_where_no_row_was_added,
    test_a_brothers_seal_counts,
    test_the_others_of_its_lane_go_on_in_order,
    test_what_somebody_lets_go_leaves_under_its_own_id,
    test_a_new_episode_lets_it_go,
    test_it_is_tracked_until_the_recipient_says_that_it_gave_it_back,
    test_a_seal_on_the_child_in_doubt_takes_back_what_the_other_gave_away,
    test_the_text_arrives_when_a_person_has_let_it_go_and_what_is_known_of_the_family_does_not,
    test_a_recall_reaches_only_who_had_a_value_and_what_replaces_it_has_none,
    test_what_is_true_when_it_leaves_counts,
    (sealed, told, watch),
)
"""What is run here, named once so that a law that is renamed there is missed here."""

pytestmark = pytest.mark.postgres
_numbers = count()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """URL of one PostgreSQL server for these laws."""
    with server() as found:
        yield found


@pytest.fixture
def corridor(tmp_path: Path, address: str) -> Iterator[Corridor]:
    """One broker on an empty PostgreSQL database."""
    name = f"corridor_{next(_numbers)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    url = sa.make_url(address).set(database=name).render_as_string(hide_password=False)
    made = Corridor(tmp_path, url=url)
    yield made
    made.close()


@pytest.fixture
def waiting(corridor: Corridor) -> Corridor:
    return one_waits(corridor)

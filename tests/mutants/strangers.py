"""What keeps strangers from what is kept: locks, alarms, gates, and all that leads there."""

from typing import Any, Final

from custom_components.realtime_pumpkin.guard.guard import Guard as HouseGuard
from custom_components.realtime_pumpkin.guard.reach import Reach
from custom_components.realtime_pumpkin.guard.triggers import Watch
from custom_components.realtime_pumpkin.house.use import Caller
from custom_components.realtime_pumpkin.realtime.calls import error_output
from custom_components.realtime_pumpkin.realtime.events import ToolOutcome
from custom_components.realtime_pumpkin.tools import Outcome
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import async_yes, empty, nobody, nothing, yes

_APIS: Final = "tests/test_private_apis.py"
_REACH: Final = "tests/guard/test_reach.py"
_LAYER: Final = "tests/guard/test_service_layer.py"
_CONSENT: Final = "tests/house/test_consent.py"


async def _async_unguarded(self: Caller, entity_ids: Any, run: Any) -> Any:
    """Run something at once."""
    return await self._async_run(run)


async def _async_guarded_once(self: Caller, entity_ids: Any, run: Any) -> Any:
    """Look at the house before the phrase is waited for, and not again."""
    entity_ids = tuple(entity_ids)
    self.guard.check(entity_ids)
    await self._async_confirmed(entity_ids)
    return await self._async_run(run)


def _all(_self: HouseGuard, entity_ids: Any) -> frozenset[str]:
    """Return all entities."""
    return frozenset(entity_ids)


def _ids_as_written(value: Any) -> frozenset[str]:
    """Take templates for names."""
    match value:
        case str():
            return frozenset({value})
        case list() | tuple() | set() | frozenset():
            return frozenset().union(*map(_ids_as_written, value))
        case _:
            return frozenset()


def _watch_nothing(*_: Any) -> Watch:
    """Follow from nothing."""
    return Watch()


def _refuse_with_reasons(reason: str) -> Outcome:
    """Tell the model what it is that strangers may not have."""
    return Outcome(error_output(reason), ToolOutcome.REFUSED, reason=reason)


def _know_no_groups(self: Reach) -> set[str]:
    """Return what was touched itself."""
    return set(self._paths)


STRANGERS: Final = (
    Guard(
        "strangers are kept from what is kept",
        "guard.guard:Guard.check",
        nothing,
        (_LAYER,),
    ),
    Guard(
        "locks, alarms and valves are kept",
        "guard.classes:KEPT_DOMAINS",
        frozenset(),
        (_REACH,),
    ),
    Guard(
        "what belongs to the device of a lock is kept",
        "guard.classes:_COMMANDS",
        frozenset(),
        (_REACH,),
    ),
    Guard(
        "covers that may be gates are kept",
        "guard.classes:_class_of",
        lambda hass, entity_id: "blind",
        (_LAYER,),
    ),
    Guard(
        "what cannot be followed is kept",
        "guard.reach:Reach._lose",
        nothing,
        (_REACH, _LAYER),
    ),
    Guard(
        "automations that follow are followed",
        "guard.reach:Reach._follow_automations",
        nothing,
        (_REACH,),
    ),
    Guard(
        "triggers that cannot be seen are taken for the worst",
        "guard.house:House._watches",
        lambda self, entity_id: (),
        (f"{_APIS}::test_triggers_that_lie_elsewhere_are_taken_for_the_worst",),
    ),
    Guard(
        "the house is guarded when a tool runs",
        "house.use:Caller.async_use",
        _async_unguarded,
        ("tests/guard/test_spoken_attacks.py",),
    ),
    Guard(
        "a phrase is waited for before something sensitive",
        "house.use:Caller._async_confirmed",
        async_yes,
        (_CONSENT,),
    ),
    Guard(
        "a phrase counts once it was asked for, and once only",
        "house.consent:Consent.async_given",
        async_yes,
        (_CONSENT,),
    ),
    Guard(
        "strangers have no tools that cannot be seen through",
        "house.apis:_is_seen_through",
        yes,
        ("tests/house/test_apis.py", "tests/guard/test_assist.py"),
    ),
    Guard(
        "a voice's tools reach what is exposed to it alone",
        "house.exposure:_set",
        nothing,
        (f"{_APIS}::test_tools_are_not_offered_where_exposure_cannot_be_told",),
    ),
    Guard(
        "the form refuses what strangers may not use",
        "flows.rules:_refuse_kept",
        lambda guard, typed: {},
        ("tests/house/test_rules_flow.py",),
    ),
    Guard(
        "children are talked with by the rules for them",
        "prompt:SAFETY",
        "",
        ("tests/test_manners.py",),
    ),
    Guard(
        "what is proven to lead to a lock is kept",
        "guard.reach:Reach._keep",
        nothing,
        (_REACH, _LAYER),
    ),
    Guard(
        "a switch that is a lock is kept",
        "guard.house:House.disguises",
        empty,
        (f"{_REACH}::test_a_switch_that_is_shown_as_a_lock_is_kept",),
    ),
    Guard(
        "what a group or a scene consists of is followed",
        "guard.house:House.members",
        nobody,
        (_LAYER,),
    ),
    Guard(
        "a group that changes with its member sets off what watches it",
        "guard.reach:Reach._with_wholes",
        _know_no_groups,
        (f"{_REACH}::test_a_lamp_that_unlocks_the_door_is_kept[group]",),
    ),
    Guard(
        "what a player of many parts does is not taken for harmless",
        "guard.house:_OPAQUE",
        frozenset(),
        (f"{_REACH}::test_a_player_made_of_any_actions_is_kept",),
    ),
    Guard(
        "what a template entity does is followed",
        "guard.house:House._template_sequences",
        empty,
        (_LAYER,),
    ),
    Guard(
        "scripts that cannot be read are kept",
        "guard.house:House._component_sequences",
        empty,
        (f"{_REACH}::test_scripts_that_failed_to_load_are_kept",),
    ),
    Guard(
        "actions that say anything to a device are kept",
        "guard.reach:_OPAQUE",
        frozenset(),
        (f"{_REACH}::test_what_nobody_can_see_through_is_kept",),
    ),
    Guard(
        "states that are applied are followed",
        "guard.reach:Reach._apply",
        nothing,
        (_LAYER,),
    ),
    Guard(
        "events of integrations are kept",
        "guard.reach:Reach._fire",
        nothing,
        (f"{_REACH}::test_what_nobody_can_see_through_is_kept[core_event]",),
    ),
    Guard(
        "what a device's action does is followed",
        "guard.reach:Reach._use_device",
        nothing,
        (f"{_REACH}::test_what_a_devices_action_does_is_followed",),
    ),
    Guard(
        "a target that is a template is taken for the worst",
        "guard.steps:_ids",
        _ids_as_written,
        (_LAYER,),
    ),
    Guard(
        "steps inside of steps are followed",
        "guard.steps:_inside",
        empty,
        (_LAYER,),
    ),
    Guard(
        "automations that watch events are followed",
        "guard.triggers:_watch_events",
        _watch_nothing,
        (f"{_REACH}::test_a_lamp_that_unlocks_the_door_is_kept",),
    ),
    Guard(
        "automations that watch a template are followed",
        "guard.triggers:_watch_template",
        _watch_nothing,
        (f"{_REACH}::test_a_lamp_that_unlocks_the_door_is_kept",),
    ),
    Guard(
        "no tool of Assist is told of what is kept",
        "guard.guard:Guard.admitted",
        _all,
        ("tests/guard/test_assist.py", _REACH),
    ),
    Guard(
        "whatever leads to something sensitive is asked for",
        "guard.guard:Guard.marked_in",
        nobody,
        (f"{_CONSENT}::test_whatever_leads_to_something_sensitive_is_asked_for",),
    ),
    Guard(
        "the house is looked at again once the phrase was said",
        "house.use:Caller.async_use",
        _async_guarded_once,
        (f"{_CONSENT}::test_the_house_is_looked_at_again_once_the_phrase_was_said",),
    ),
    Guard(
        "other words than the phrase count for nothing",
        "house.consent:is_said",
        yes,
        (f"{_CONSENT}::test_other_words_do_not_count",),
    ),
    Guard(
        "the model does not learn what is kept from strangers",
        "house.use:refused",
        _refuse_with_reasons,
        ("tests/guard/test_spoken_attacks.py", _LAYER),
    ),
    Guard(
        "an intent that may mean anything is taken for all that is exposed",
        "house.apis:_aims",
        nobody,
        (
            "tests/guard/test_assist.py::test_whatever_way_something_sensitive_is_meant_it_is_asked_for",
        ),
    ),
    Guard(
        "what was exposed to a voice that is gone is forgotten",
        ":forget_gone",
        nothing,
        (
            "tests/house/test_exposure.py::test_what_was_exposed_to_a_voice_that_is_gone_is_forgotten",
        ),
    ),
)

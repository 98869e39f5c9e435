"""Tests of the catalog: models and voices as data."""

import pytest

from custom_components.realtime_pumpkin.catalog import MODELS, models_of, voices_of
from custom_components.realtime_pumpkin.const import (
    DEFAULT_MODEL,
    DEFAULT_VOICE,
    Provider,
)


@pytest.mark.parametrize("provider", Provider)
def test_every_provider_has_models_and_voices_to_choose_from(
    provider: Provider,
) -> None:
    """Azure and compatible servers mostly have OpenAI's."""
    assert models_of(provider)
    assert voices_of(provider)


def test_the_defaults_are_what_the_forms_offer_first() -> None:
    """Who chooses nothing gets what was never chosen, too."""
    assert models_of(Provider.OPENAI)[0] == DEFAULT_MODEL
    assert DEFAULT_VOICE in voices_of(Provider.OPENAI)


def test_a_model_that_will_go_is_offered_no_more_and_has_a_successor() -> None:
    """The successor stays."""
    retired = [model for model in MODELS.values() if model.retired_on]
    assert retired
    offered = {name for provider in Provider for name in models_of(provider)}
    for model in retired:
        assert model.id not in offered
        assert model.replacement in offered

"""Why a microphone or a speaker cannot be had, in words that can be translated."""

from typing import ClassVar


class LinkError(Exception):
    """A satellite or a speaker does not do what the conversation needs.

    `translation_key` names a text below `exceptions` in the translations and
    `placeholders` fill it.
    """

    translation_key: ClassVar[str] = "link_failed"

    def __init__(self, **placeholders: str) -> None:
        """Keep what the translated text names."""
        super().__init__(", ".join(f"{k}={v}" for k, v in placeholders.items()))
        self.placeholders = placeholders


class SatelliteUnreachable(LinkError):
    """Nothing answers at the satellite's address (`host`, `port`, `error`)."""

    translation_key = "satellite_unreachable"


class SatelliteOccupied(LinkError):
    """Another server holds the satellite (`host`, `port`)."""

    translation_key = "satellite_occupied"


class SatelliteTaken(LinkError):
    """Home Assistant's own Wyoming integration holds the satellite (`name`)."""

    translation_key = "satellite_taken"


class SatelliteNotASatellite(LinkError):
    """What answers at the address is no Wyoming satellite (`host`, `port`)."""

    translation_key = "satellite_not_a_satellite"


class SatelliteModeUnsupported(LinkError):
    """The satellite waits for a wake word or for speech (`host`, `mode`)."""

    translation_key = "satellite_mode_unsupported"


class SatelliteSilent(LinkError):
    """The satellite is ours but sends no sound (`host`, `port`)."""

    translation_key = "satellite_silent"


class SatelliteWithoutSpeaker(LinkError):
    """The satellite has a microphone only (`host`)."""

    translation_key = "satellite_without_speaker"


class SatelliteLost(LinkError):
    """The satellite went away and did not come back (`host`)."""

    translation_key = "satellite_lost"


class SpeakerUnavailable(LinkError):
    """The media player is missing or not available (`entity_id`)."""

    translation_key = "speaker_unavailable"


class SpeakerRefused(LinkError):
    """The media player refused to play (`entity_id`, `error`)."""

    translation_key = "speaker_refused"


class SpeakerNeverFetched(LinkError):
    """The media player took the address but never fetched our sound.

    It most likely cannot reach Home Assistant at `url` (`entity_id`, `url`).
    """

    translation_key = "speaker_never_fetched"


class NoInternalUrl(LinkError):
    """Home Assistant knows no address that the player could fetch from."""

    translation_key = "no_internal_url"


class BrowserAbsent(LinkError):
    """No browser lends the voice its microphone and speaker (`voice`)."""

    translation_key = "browser_absent"


class BrowserHeld(LinkError):
    """Another tab is the voice's microphone and speaker (`owner`)."""

    translation_key = "browser_held"


class BrowserLost(LinkError):
    """The tab was closed, or its connection did not come back (`voice`)."""

    translation_key = "browser_lost"


class BrowserMicrophoneRefused(LinkError):
    """The browser gives no microphone (`voice`, `error`)."""

    translation_key = "browser_microphone_refused"


class BrowserMicrophoneSilent(LinkError):
    """The tab is there but sends no sound (`voice`)."""

    translation_key = "browser_microphone_silent"


class BrowserSpeakerStalled(LinkError):
    """The tab takes sound but does not play it (`voice`)."""

    translation_key = "browser_speaker_stalled"


class AssistSatelliteUnavailable(LinkError):
    """The satellite entity is missing or not available (`entity_id`)."""

    translation_key = "assist_satellite_unavailable"


class AssistSatelliteNotStartable(LinkError):
    """The satellite starts by its wake word or button only (`entity_id`)."""

    translation_key = "assist_satellite_not_startable"


class AssistSatelliteBusy(LinkError):
    """The satellite listens to somebody, or does not stop to speak (`entity_id`)."""

    translation_key = "assist_satellite_busy"


class AssistSatelliteRefused(LinkError):
    """The satellite refused to start (`entity_id`, `error`)."""

    translation_key = "assist_satellite_refused"


class AssistSatelliteSilent(LinkError):
    """The satellite was told to start but sends no sound (`entity_id`)."""

    translation_key = "assist_satellite_silent"


class AssistSatelliteNotWoken(LinkError):
    """Nobody said the satellite's wake word in time (`entity_id`, `seconds`)."""

    translation_key = "assist_satellite_not_woken"


class AssistSatelliteWithoutSpeaker(LinkError):
    """The satellite's device has no media player (`entity_id`)."""

    translation_key = "assist_satellite_without_speaker"


class AssistSatelliteLost(LinkError):
    """The satellite went away in mid conversation (`entity_id`)."""

    translation_key = "assist_satellite_lost"


class MicrophoneStalled(LinkError):
    """The satellite sends no sound any more, as when it is muted (`entity_id`)."""

    translation_key = "microphone_stalled"


class AssistSatelliteTakenOver(LinkError):
    """An action of Home Assistant uses the satellite for itself (`entity_id`)."""

    translation_key = "assist_satellite_taken_over"


class PipelineMissing(LinkError):
    """The voice's pipeline cannot be made (`voice`)."""

    translation_key = "pipeline_missing"

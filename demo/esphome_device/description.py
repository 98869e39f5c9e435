"""Who the device says it is, and what it can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from .frames import Message, pb

MEDIA_PLAYER_KEY = 1
API_MAJOR, API_MINOR = 1, 10

_VOICE_ASSISTANT = 1
_API_AUDIO = 4
_ANNOUNCE = 16
_START_CONVERSATION = 32
_PLAYER_FEATURES = 1200653
"""What `media_player: platform: speaker` can do, as the firmware says it."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that the device would rather play, by what it plays."""

    name: str
    """What Home Assistant's converter is asked for: flac, mp3 or wav."""

    rate: int = 48000
    channels: int = 1
    width: int = 2
    announcement: bool = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `flac:48000:1` or `flac:48000:1:default`."""
        name, rate, channels, *purpose = text.split(":")
        announcement = purpose != ["default"]
        return cls(name, int(rate), int(channels), announcement=announcement)

    @property
    def message(self) -> Message:
        """Return how it is said on the wire."""
        purpose = (
            pb.MEDIA_PLAYER_FORMAT_PURPOSE_ANNOUNCEMENT
            if self.announcement
            else pb.MEDIA_PLAYER_FORMAT_PURPOSE_DEFAULT
        )
        return pb.MediaPlayerSupportedFormat(
            format=self.name,
            sample_rate=self.rate,
            num_channels=self.channels,
            sample_bytes=self.width,
            purpose=purpose,
        )


@dataclass(frozen=True, slots=True)
class Description:
    """One device."""

    name: str = "porch"
    friendly_name: str = "Porch"
    mac: str = "AA:BB:CC:DD:EE:01"
    area: str = ""
    formats: tuple[Format, ...] = ()
    """None: Home Assistant sends it every address as it is."""

    wake_word: str = "okay_nabu"
    start_conversation: bool = True
    """Whether it can be asked to listen; older firmware cannot."""

    project: str = ""
    """Whose firmware it is, as `maker.model`; Home Assistant shows both."""

    @property
    def hello(self) -> Message:
        """Return the answer to a greeting."""
        return pb.HelloResponse(
            api_version_major=API_MAJOR,
            api_version_minor=API_MINOR,
            server_info="demo.esphome_device",
            name=self.name,
        )

    @property
    def device_info(self) -> Message:
        """Return what the device is."""
        flags = _VOICE_ASSISTANT | _API_AUDIO | _ANNOUNCE
        if self.start_conversation:
            flags |= _START_CONVERSATION
        return pb.DeviceInfoResponse(
            name=self.name,
            friendly_name=self.friendly_name,
            mac_address=self.mac,
            esphome_version="2026.10.0",
            compilation_time="Oct 15 2026, 12:00:00",
            model="Realtime Pumpkin porch",
            manufacturer="Realtime Pumpkin",
            project_name=self.project,
            project_version="1.0.0" if self.project else "",
            suggested_area=self.area,
            voice_assistant_feature_flags=flags,
        )

    @property
    def entities(self) -> Iterator[Message]:
        """Yield what the device has, and that this is all."""
        yield pb.ListEntitiesMediaPlayerResponse(
            object_id="media_player",
            key=MEDIA_PLAYER_KEY,
            name="Media Player",
            supports_pause=True,
            feature_flags=_PLAYER_FEATURES,
            supported_formats=[known.message for known in self.formats],
        )
        yield pb.ListEntitiesDoneResponse()

    @property
    def configuration(self) -> Message:
        """Return the wake words."""
        word = pb.VoiceAssistantWakeWord(
            id=self.wake_word,
            wake_word=self.wake_word.replace("_", " ").title(),
            trained_languages=["en"],
        )
        return pb.VoiceAssistantConfigurationResponse(
            available_wake_words=[word],
            active_wake_words=[self.wake_word],
            max_active_wake_words=1,
        )

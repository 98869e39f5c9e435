"""Whether an announcement is a broadcast: everybody at home is to hear it."""

from homeassistant.helpers.chat_session import current_session


def is_broadcast() -> bool:
    """Tell whether somebody told Assist to announce something.

    Home Assistant's broadcast calls the same action as an automation does, for
    all satellites. What sets it apart is that it comes out of a chat with Assist.
    """
    return current_session.get() is not None

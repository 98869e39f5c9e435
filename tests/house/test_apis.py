"""Tools of MCP servers and other APIs that Home Assistant knows."""

from collections.abc import Iterator
import json
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio
import pytest

from custom_components.realtime_pumpkin.house.apis import async_api_tools
from custom_components.realtime_pumpkin.house.specs import free_name
from custom_components.realtime_pumpkin.tools import Outcome
from tests.guard.callers import caller

pytestmark = pytest.mark.usefixtures("homeassistant_component")


class _RemoteTool(llm.Tool):
    """A tool of a server somewhere, which says that it only reads."""

    name = "tell.a joke!"
    description = "Tell a joke."
    parameters = probatio.Schema({probatio.Required("about"): str})
    annotations = llm.ToolAnnotations(read_only=True, open_world=False)
    integration = "mcp"

    def __init__(self) -> None:
        """Have told nothing."""
        self.asked: list[dict[str, Any]] = []
        self.error: Exception | None = None

    @override
    async def async_call(
        self,
        hass: HomeAssistant,
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,
    ) -> llm.ToolResult:
        """Tell a joke, or fail."""
        self.asked.append(tool_input.tool_args)
        if self.error is not None:
            raise self.error
        return llm.ToolResult(data={"joke": "Boo."})


class _RemoteApi(llm.API):
    """A server somewhere."""

    tool: _RemoteTool

    @override
    async def async_get_api_instance(
        self, llm_context: llm.LLMContext
    ) -> llm.APIInstance:
        """Return its tools."""
        return llm.APIInstance(self, "Jokes are here.", llm_context, [self.tool])


@pytest.fixture
def joker(hass: HomeAssistant) -> Iterator[_RemoteTool]:
    """Let Home Assistant know a server."""
    api = _RemoteApi(hass=hass, id="mcp-jokes", name="Jokes")
    api.tool = _RemoteTool()
    unregister = llm.async_register_api(hass, api)
    yield api.tool
    unregister()


async def test_a_voice_among_friends_has_the_tools_of_a_server(
    hass: HomeAssistant, joker: _RemoteTool
) -> None:
    """By names that the service takes, with its fields and its words."""
    voice = caller(hass, strangers=False, llm_apis=("mcp-jokes",))
    tools = await async_api_tools(voice, {})
    [(name, tool)] = tools.tools.items()
    assert name == "tell_a_joke_"
    assert tool.spec["parameters"]["required"] == ["about"]
    assert tools.instructions == "Jokes are here."
    outcome = await tool.run({"about": "ghosts"})
    assert isinstance(outcome, Outcome)
    assert json.loads(outcome.output) == {"joke": "Boo."}
    assert joker.asked == [{"about": "ghosts"}]


async def test_strangers_have_no_tools_of_a_server(
    hass: HomeAssistant, joker: _RemoteTool
) -> None:
    """Whatever the server says of them."""
    tools = await async_api_tools(caller(hass, llm_apis=("mcp-jokes",)), {})
    assert not tools.tools
    assert joker.asked == []


async def test_a_server_that_fails_is_words_for_the_model(
    hass: HomeAssistant, joker: _RemoteTool
) -> None:
    """The conversation goes on."""
    joker.error = HomeAssistantError("nobody laughs")
    voice = caller(hass, strangers=False, llm_apis=("mcp-jokes",))
    [tool] = (await async_api_tools(voice, {})).tools.values()
    outcome = await tool.run({"about": "ghosts"})
    assert isinstance(outcome, Outcome)
    assert outcome.outcome == "failed"
    assert "nobody laughs" in outcome.output


async def test_a_server_that_is_gone_is_left_out(hass: HomeAssistant) -> None:
    """A conversation starts without it."""
    voice = caller(hass, strangers=False, llm_apis=("mcp-gone",))
    assert not (await async_api_tools(voice, {})).tools


def test_names_are_such_as_the_service_takes() -> None:
    """Letters, digits, lines; at most 64; each once."""
    assert free_name("a.b c", ()) == "a_b_c"
    assert free_name("fog", {"fog", "fog_2"}) == "fog_3"
    long = "x" * 80
    assert free_name(long, ()) == "x" * 64
    assert free_name(long, {"x" * 64}) == "x" * 62 + "_2"

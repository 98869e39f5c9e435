"""What the benchmark wants done and wants to know, a line of JSON each."""

import asyncio
from collections.abc import Awaitable, Callable
import gc
import importlib
import json
from pathlib import Path
import re
import time
import traceback
from types import MappingProxyType
from typing import Any

from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    async_create_default_pipeline,
    async_update_pipeline,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration

_OURS = "realtime_pumpkin"
_WATCH_S = 0.005


class Control:
    """Do one order at a time."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take orders for a Home Assistant."""
        self._hass = hass
        self._lags_ms: list[float] = []
        self._watcher: asyncio.Task[None] | None = None

    async def async_serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer each line with one."""
        while line := await reader.readline():
            order = json.loads(line)
            do: Callable[..., Awaitable[Any]] = getattr(self, f"do_{order.pop('do')}")
            try:
                answer = {"answer": await do(**order)}
            except Exception:  # noqa: BLE001 - the benchmark is told
                answer = {"error": traceback.format_exc()}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def do_import(self, module: str) -> float:
        """Import a module in the executor; return the seconds that it took."""
        began = time.perf_counter()
        await self._hass.async_add_executor_job(importlib.import_module, module)
        return time.perf_counter() - began

    async def do_add_account(self, url: str, voices: list[Any]) -> dict[str, Any]:
        """Add an account with voices; return how long that took and the entities."""
        began = time.perf_counter()
        integration = await async_get_integration(self._hass, _OURS)
        # As Home Assistant does before a set-up.
        await integration.async_get_component()
        imported = time.perf_counter()
        flow = await integration.async_get_platform("config_flow")
        subentries = [
            {
                "data": voice,
                "subentry_type": "voice",
                "title": f"Voice {number}",
                "unique_id": None,
            }
            for number, voice in enumerate(voices)
        ]
        entry = await self._async_add(
            _OURS,
            {"provider": "compatible", "api_key": "bench", "base_url": url},
            subentries_data=subentries,
            minor_version=flow.RealtimePumpkinConfigFlow.MINOR_VERSION,
        )
        done = time.perf_counter()
        await self._hass.async_block_till_done(wait_background_tasks=False)
        return {
            "entry": entry.entry_id,
            "state": entry.state.value,
            "import_s": imported - began,
            "setup_s": done - imported,
            "entities": self._entities(entry),
        }

    async def do_add_players(self, port: int, count: int) -> list[str]:
        """Add media players; return their entities."""
        data = {"port": port, "count": count}
        entry = await self._async_add("pumpkin_bench", data)
        await self._hass.async_block_till_done()
        found = er.async_entries_for_config_entry(
            er.async_get(self._hass), entry.entry_id
        )
        ordered = sorted(found, key=lambda each: int(each.unique_id.split("_")[1]))
        return [each.entity_id for each in ordered]

    async def do_add_plain(self, devices: int, entities: int) -> None:
        """Add devices with entities that do nothing, to know what they cost."""
        data = {"devices": devices, "entities": entities}
        await self._async_add("pumpkin_bench", data)
        await self._hass.async_block_till_done()

    async def do_count(self, entry: str) -> int:
        """Return how many entities an account has in the state machine."""
        found = er.async_entries_for_config_entry(er.async_get(self._hass), entry)
        return sum(each.disabled_by is None for each in found)

    async def do_add_assist(self, port: int) -> None:
        """Give Home Assistant's own Assist a satellite and engines without latency."""
        await self._async_add("pumpkin_bench", {})
        pipeline = await async_create_default_pipeline(
            self._hass, "stt.bench_ears", "tts.bench_voice", "Bench"
        )
        assert pipeline is not None
        await async_update_pipeline(
            self._hass, pipeline, conversation_engine="conversation.bench_agent"
        )
        store = self._hass.data[KEY_ASSIST_PIPELINE].pipeline_store
        store.async_set_preferred_item(pipeline.id)
        await self._async_add("wyoming", {"host": "127.0.0.1", "port": port})
        await self._hass.async_block_till_done()

    async def do_act(
        self,
        action: str,
        entities: list[str],
        apart_s: float = 0,
        data: dict[str, Any] | None = None,
    ) -> list[int]:
        """Call an action for each entity; return when, in ns."""

        async def act(number: int, entity_id: str) -> int:
            """Call it in its turn."""
            await asyncio.sleep(number * apart_s)
            began = time.monotonic_ns()
            await self._hass.services.async_call(
                _OURS, action, {**(data or {}), "entity_id": entity_id}, blocking=True
            )
            return began

        return list(
            await asyncio.gather(
                *(act(number, each) for number, each in enumerate(entities))
            )
        )

    async def do_watch(self) -> None:
        """Watch how late the event loop is from now on."""
        self._lags_ms.clear()
        if self._watcher is None:
            self._watcher = self._hass.async_create_background_task(
                self._async_watch(), "bench watcher"
            )

    async def do_usage(self, collect: bool = False) -> dict[str, Any]:
        """Return CPU and wall time (s), memory (KiB), and lags (ms) since asked last."""
        if collect:
            gc.collect()
        status = await self._hass.async_add_executor_job(
            Path("/proc/self/status").read_text
        )
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        lags, self._lags_ms = self._lags_ms, []
        return {
            "cpu_s": time.process_time(),
            "at_s": time.monotonic(),
            "memory_kb": int(found[1]),
            "lags_ms": lags,
        }

    async def _async_watch(self) -> None:
        """Note how late a sleep ends."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _WATCH_S
            await asyncio.sleep(_WATCH_S)
            self._lags_ms.append((loop.time() - due) * 1000)

    async def _async_add(
        self,
        domain: str,
        data: dict[str, Any],
        *,
        subentries_data: Any = None,
        minor_version: int = 1,
    ) -> ConfigEntry[Any]:
        """Add a config entry and set it up."""
        entry: ConfigEntry[Any] = ConfigEntry(
            data=data,
            discovery_keys=MappingProxyType({}),
            domain=domain,
            minor_version=minor_version,
            options={},
            source="user",
            subentries_data=subentries_data,
            title=domain,
            unique_id=None,
            version=1,
        )
        await self._hass.config_entries.async_add(entry)
        return entry

    def _entities(self, entry: ConfigEntry[Any]) -> list[str]:
        """Return the voices' satellites in the order of their subentries."""
        found = {
            each.config_subentry_id: each.entity_id
            for each in er.async_entries_for_config_entry(
                er.async_get(self._hass), entry.entry_id
            )
            if each.domain == "assist_satellite"
        }
        return [found[subentry_id] for subentry_id in entry.subentries]

"""pipecat-ai: a pipeline with its OpenAI realtime service and a sink."""

import asyncio
from typing import Any, override

from loguru import logger
from pipecat.frames.frames import InputAudioRawFrame, TTSAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService

from benchmarks.contenders.job import Sink, main


class Ear(FrameProcessor):
    """The end of the pipeline."""

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        super().__init__()
        self._give = sink

    @override
    async def process_frame(self, frame: Any, direction: FrameDirection) -> None:
        """Take an answer's sound."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            self._give(frame.audio)
        await self.push_frame(frame, direction)


class Pipecat:
    """Queue input frames into a running pipeline."""

    _task: PipelineTask
    _running: asyncio.Task[None]

    def __init__(self, sink: Sink) -> None:
        """Give answers to a sink."""
        self._sink = sink

    async def open(self, url: str) -> None:
        """Start the pipeline."""
        service = OpenAIRealtimeLLMService(
            api_key="bench", base_url=url.split("?", maxsplit=1)[0]
        )
        self._task = PipelineTask(
            Pipeline([service, Ear(self._sink)]),
            params=PipelineParams(
                audio_in_sample_rate=24000, audio_out_sample_rate=24000
            ),
            cancel_on_idle_timeout=False,
        )
        runner = PipelineRunner(handle_sigint=False)
        self._running = asyncio.create_task(runner.run(self._task))
        await asyncio.sleep(0.2)

    async def hear(self, pcm: bytes) -> None:
        """Send a frame."""
        await self._task.queue_frame(
            InputAudioRawFrame(audio=pcm, sample_rate=24000, num_channels=1)
        )

    async def close(self) -> None:
        """Stop the pipeline."""
        await self._task.cancel()
        await self._running


if __name__ == "__main__":
    logger.remove()
    main(Pipecat)

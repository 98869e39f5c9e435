"""The server as a process: what it says when it starts, and when it cannot."""

from pathlib import Path
import signal
import socket
import subprocess
import sys

import pytest

from demo.realtime_server.settings import read_command_line

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "demo.realtime_server")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the server until it ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_it_says_where_it_listens_and_ends_quietly(socket_enabled: None) -> None:
    """One line on standard output; SIGTERM ends it with status 0."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        line = server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
        assert line.startswith("Listening on ws://127.0.0.1:")
        assert server.stderr.read() == ""


def test_an_occupied_port_is_told_in_one_line(socket_enabled: None) -> None:
    """Not as a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        ended = run("--port", str(occupied.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("The server cannot start:")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [("rules = 3", "These are no rules"), ("[", "The server cannot start")],
)
def test_a_wrong_script_is_told_in_one_line(
    tmp_path: Path, content: str, words: str
) -> None:
    """Not as a traceback either."""
    script = tmp_path / "rules.toml"
    script.write_text(content, "utf-8")
    ended = run("--port", "0", "--script", str(script))
    assert ended.returncode == 1
    assert words in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--fault=explode", "--pace=0", "--vad=psychic"])
def test_a_wrong_option_is_explained(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command line's usage."""
    with pytest.raises(SystemExit):
        read_command_line([option])
    assert "usage:" in capsys.readouterr().err


def test_the_core_is_imported_without_home_assistant() -> None:
    """Start-up does not pay for what the server does not need."""
    code = (
        "import sys; from demo.bare import stand_in_for_integration as f; f();"
        "import custom_components.realtime_pumpkin.rehearsal;"
        "print(sorted({'homeassistant', 'openai', 'av'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert ended.stdout.strip() == "[]"

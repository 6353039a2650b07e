"""Handing in on a class's server, where the service answers badly or not at all. The real one is in tests/hub."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from lesson_lib import hand_in, quiz
from lesson_lib.show.work import HandIn
from lesson_lib.think import answers, delivery

GOOD = (201, b'{"student": "ada", "at": "2025-09-03T09:15:02+00:00"}')
Serve = Callable[[int, bytes], list[tuple[str, bytes]]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LESSON_ANSWERS", str(tmp_path / "my-answers"))
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a-token")
    return tmp_path / "my-answers"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Answers every hand-in with this status and body; gives what came: the token and the file."""
    running: list[HTTPServer] = []

    def start(status: int, body: bytes) -> list[tuple[str, bytes]]:
        came: list[tuple[str, bytes]] = []

        class Service(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                came.append((self.headers["Authorization"], self.rfile.read(size)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        server = HTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        monkeypatch.setenv(delivery.ADDRESS, f"http://127.0.0.1:{server.server_port}/services/hand-in/send")
        return came

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_the_teacher_gets_the_same_file_and_the_receipt_says_so(serve: Serve, folder: Path) -> None:
    came = serve(*GOOD)
    form: HandIn = hand_in("01")
    record, trouble = form.make("Олена")
    assert trouble == ""
    assert came == [("token a-token", (folder / "hand-in-01.json").read_bytes())]
    assert answers.read_record(came[0][1]) == (record, [])
    assert form._lines(record, "")[1].startswith("Handed in: your teacher has it, from ada, 3 September 2025,")
    again: HandIn = hand_in("01")  # the cell run again, in a new kernel
    assert again._lines(record, "") == form._lines(record, "")


def test_what_changed_since_is_not_said_to_be_with_the_teacher(serve: Serve, folder: Path) -> None:
    serve(*GOOD)
    hand_in("01").make("Олена")
    newer = answers.record("01", "Somebody")
    (folder / "hand-in-01.json").write_text(json.dumps(newer), encoding="utf-8")
    assert hand_in("01")._lines(newer, "")[1] == "Your teacher does not have it yet: press the button to hand it in."


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (507, '{"message": "your teacher’s folder is full; tell your teacher"}'.encode(), "folder is full"),
        (429, b'{"message": "your teacher has 200 hand-ins of yours already"}', "200 hand-ins of yours already"),
        (403, b"<html>", "stop your server and start it again"),
        (500, b"", "did not take it (answer 500)"),
        (413, b"[]", "did not take it (answer 413)"),
        (201, b"", "cannot be reached"),
        (201, b'{"student": "ada", "at": "soon"}', "cannot be reached"),
        (200, b"[1]", "cannot be reached"),
        (302, b"", "did not take it (answer 302)"),
    ],
)
def test_what_the_service_did_not_take_is_said_in_a_line_and_can_be_downloaded(
    serve: Serve, folder: Path, status: int, body: bytes, said: str
) -> None:
    serve(status, body)
    form: HandIn = hand_in("01")
    record, trouble = form.make("Олена")
    assert trouble.startswith("Not handed in yet: ")
    assert said in trouble
    assert "\n" not in trouble
    state = form._state(record, trouble)
    assert json.loads(state["text"]) == record
    assert (folder / "hand-in-01.json").exists()
    assert not (folder / "handed-in-01.json").exists()


def test_a_service_that_is_away_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("http://127.0.0.1:9/send", "http://", "nonsense", "http://127.0.0.1:99999/"):
        monkeypatch.setenv(delivery.ADDRESS, address)
        assert "cannot be reached" in delivery.deliver(b"{}").trouble, address


def test_the_hand_in_never_goes_by_a_proxy_of_the_web(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    came = serve(*GOOD)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert delivery.deliver(b"{}").student == "ada"
    assert len(came) == 1


def test_a_home_that_cannot_be_written_does_not_keep_the_file_from_the_teacher(serve: Serve, folder: Path) -> None:
    came = serve(*GOOD)
    folder.mkdir()
    (folder / "hand-in-01.json").mkdir()
    form: HandIn = hand_in("01")
    record, trouble = form.make("A")
    assert trouble.startswith("Your teacher has it. Your own copy could not be written")
    assert len(came) == 1
    assert form._lines(record, "")[1].startswith("Handed in:")


def test_without_a_class_server_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(delivery.ADDRESS, raising=False)
    form: HandIn = hand_in("01")
    record, trouble = form.make("A")
    assert trouble == ""
    assert form._lines(record, "")[1].startswith("Nothing has been sent yet.")
    assert not form.sent


def test_a_record_saved_from_the_page_is_read_with_one_word_on_it() -> None:
    quiz("01-warm-up")
    entry = {"answer": "b", "sure": None, "at": None, "attempts": [], "hints": 0, "revealed": False}
    given = {"format": answers.FORMAT, "lesson": "01", "title": "", "name": "", "items": {"01-warm-up/x": entry}}
    read, problems = answers.read_record(given | {"unreadable_lines": 0, "receipt": "", "from": "page"})
    assert read["items"]["01-warm-up/x"]["answer"] == "b"
    assert len(problems) == 1
    assert "saved from the page while no kernel answered" in problems[0]

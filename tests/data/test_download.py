"""Against a server on this machine that breaks off, lies about ranges, or sends another file."""

import hashlib
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from course_lib.data.download import ABANDONED, ATTEMPTS, download

CONTENT = np.random.RandomState(0).bytes(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `content`; remembers the ranges that were asked for."""

    content = CONTENT
    ranges = True  # whether it knows them
    length = True  # whether it says how much comes
    most: int | None = None  # bytes until it breaks off

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_port}/set.bin"

    def handle_error(self, request, client_address):
        """Say nothing: connections break on purpose."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append(asked)
        first = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and server.ranges else 0
        if first >= len(server.content):
            self.send_error(416)
            return
        body = server.content[first:]
        self.send_response(206 if asked and server.ranges else 200)
        if server.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.most])

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def server():
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "new" / "set.bin"


def _names(target):
    return sorted(path.name for path in target.parent.iterdir())


def test_a_file_arrives_whole(server, target):
    assert download(server.url, target, sha256=DIGEST) == CONTENT
    assert target.read_bytes() == CONTENT
    assert _names(target) == ["set.bin"]
    assert server.asked == [None]


def test_what_lay_there_is_replaced(server, target):
    target.parent.mkdir()
    target.write_bytes(b"old")
    download(server.url, target, sha256=DIGEST)
    assert target.read_bytes() == CONTENT


def test_the_digest_is_of_what_is_unpacked(server, target):
    digest = hashlib.sha256(CONTENT[::-1]).hexdigest()
    assert download(server.url, target, sha256=digest, unpack=lambda b: b[::-1]) == CONTENT[::-1]
    assert target.read_bytes() == CONTENT


def test_a_connection_that_breaks_off_is_continued_at_once(server, target):
    server.most = 110_000
    download(server.url, target, sha256=DIGEST)
    assert server.asked == [None, "bytes=110000-", "bytes=220000-"]
    assert target.read_bytes() == CONTENT


def test_a_later_call_goes_on(server, target):
    server.most = 70_000
    message = rf"broke off {ATTEMPTS} times, 90,000 bytes are missing; run it again"
    with pytest.raises(OSError, match=message):
        download(server.url, target, sha256=DIGEST)
    assert _names(target) == ["set.bin.part"]
    server.most = None
    assert download(server.url, target, sha256=DIGEST) == CONTENT
    assert server.asked[-1] == "bytes=210000-"
    assert _names(target) == ["set.bin"]


def test_a_server_without_ranges_sends_all_again(server, target):
    server.most = 70_000
    server.ranges = False
    with pytest.raises(OSError, match="230,000 bytes are missing"):
        download(server.url, target, sha256=DIGEST)
    server.most = None
    assert download(server.url, target, sha256=DIGEST) == CONTENT


def test_a_server_that_does_not_say_how_much_comes(server, target):
    server.length = False
    assert download(server.url, target, sha256=DIGEST) == CONTENT


def test_a_whole_part_is_only_checked(server, target):
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(CONTENT)
    assert download(server.url, target, sha256=DIGEST) == CONTENT
    assert server.asked == ["bytes=300000-"]


@pytest.mark.parametrize("size", [1_000, 299_999, 400_000])
def test_a_part_of_another_version_is_thrown_away(server, target, size):
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(bytes(size))
    assert download(server.url, target, sha256=DIGEST) == CONTENT
    assert server.asked == [f"bytes={size}-", None]
    assert _names(target) == ["set.bin"]


def test_another_file_does_not_stay(server, target):
    server.content = CONTENT[:-1] + b"?"
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="is damaged, or another version"):
        download(server.url, target, sha256=DIGEST)
    assert _names(target) == ["set.bin"]
    assert target.read_bytes() == b"old"


def test_no_server_leaves_nothing(target):
    with Server() as gone:
        url = gone.url
    with pytest.raises(OSError, match="refused"):
        download(url, target, sha256=DIGEST)
    assert _names(target) == []


def test_a_missing_page_is_an_error_that_keeps_the_part(server, target, monkeypatch):
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.send_error(404))
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(CONTENT[:99])
    with pytest.raises(OSError, match="404"):
        download(server.url, target, sha256=DIGEST)
    assert target.with_name("set.bin.part").read_bytes() == CONTENT[:99]


def test_what_is_no_web_server_is_an_error(server, target, monkeypatch):
    monkeypatch.setattr(Handler, "do_GET", lambda self: self.wfile.write(b"220 mail ready\r\n"))
    with pytest.raises(OSError, match="does not answer as a web server does"):
        download(server.url, target, sha256=DIGEST)
    assert _names(target) == []


def test_the_part_of_a_living_process_is_left_alone(server, target):
    target.parent.mkdir()
    living = target.with_name("set.bin.part-aaaa")
    living.write_bytes(CONTENT[:1_000])
    download(server.url, target, sha256=DIGEST)
    assert server.asked == [None]
    assert _names(target) == ["set.bin", "set.bin.part-aaaa"]


def test_the_part_of_a_killed_process_is_taken_over(server, target):
    target.parent.mkdir()
    for name in "ab":
        left = target.with_name(f"set.bin.part-{name}")
        left.write_bytes(CONTENT[:1_000])
        long_ago = time.time() - ABANDONED - 60
        os.utime(left, (long_ago, long_ago))
    download(server.url, target, sha256=DIGEST)
    assert server.asked == ["bytes=1000-"]
    assert _names(target) == ["set.bin"]


def test_several_at_once_share_nothing(server, target):
    """One takes the part over, the others begin anew; each returns the whole file."""
    target.parent.mkdir()
    target.with_name("set.bin.part").write_bytes(CONTENT[:1_000])
    results = []

    def fetch():
        results.append(download(server.url, target, sha256=DIGEST))

    threads = [threading.Thread(target=fetch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [CONTENT] * 6
    assert server.asked.count("bytes=1000-") <= 1
    assert _names(target) == ["set.bin"]


def test_a_name_with_brackets_is_no_pattern(server, tmp_path):
    target = tmp_path / "set[1].bin"
    target.with_name("set[1].bin.part").write_bytes(CONTENT[:1_000])
    download(server.url, target, sha256=DIGEST)
    assert server.asked == ["bytes=1000-"]
    assert _names(target) == ["set[1].bin"]

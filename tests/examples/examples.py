"""The examples once more, seen by Python's `websockets` and `prometheus_client`: other authors' reading of the rules."""
import contextlib
import email
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from websockets.sync.client import connect

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXTENSION = ROOT / os.environ.get("SWOOLE_SO", "modules/swoole.so")
# Longer than anything here takes on a busy machine.
PATIENCE_SECS = 10


class Example:
    """A running example; its output goes to a file, so that a full pipe never stops it."""

    def __init__(self, name):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = tempfile.TemporaryFile("w+b")
        command = ["php", "-n", "-d", f"extension={EXTENSION}", ROOT / "examples" / f"{name}.php"]
        env = {**os.environ, "PORT": str(self.port)}
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def connect(self, **options):
        deadline = time.monotonic() + PATIENCE_SECS
        while True:
            try:
                return connect(f"ws://127.0.0.1:{self.port}/", proxy=None, **options)
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.02)

    def output(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode()

    def prints(self, text):
        deadline = time.monotonic() + PATIENCE_SECS
        while text not in self.output():
            assert time.monotonic() < deadline, f"waited for {text!r}; it printed {self.output()!r}"
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_SECS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextlib.contextmanager
def running(name):
    example = Example(name)
    try:
        yield example
    finally:
        code = example.stop()
        assert code == 0, f"it stopped with {code}; it printed {example.output()!r}"


def basic_server(example):
    with example.connect() as client:
        client.send("hello")
        assert client.recv(PATIENCE_SECS) == "this is server"
        example.prints("receive from 1:hello,opcode:1,fin:1\n")
    example.prints("client 1 closed\n")


def basic_server_hears_a_fragmented_message_whole(example):
    with example.connect() as client:
        client.send(["hel", "lo ", "there"])
        assert client.recv(PATIENCE_SECS) == "this is server"
        example.prints("receive from 1:hello there,opcode:1,fin:1\n")


def request_broadcast(example):
    with example.connect() as first, example.connect() as second:
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{example.port}/?message=to+all", timeout=PATIENCE_SECS).close()
        assert first.recv(PATIENCE_SECS) == "to all"
        assert second.recv(PATIENCE_SECS) == "to all"


def subprotocol(example):
    with example.connect(subprotocols=["chat"]) as client:
        assert client.subprotocol == "chat"


def close_frame(example):
    with example.connect() as client:
        client.close(4001, "bye")
        example.prints("Close frame received: Code 4001 Reason bye\n")
        assert client.close_code == 4001


def ping_frame(example):
    with example.connect() as client:
        # The listing answers with an empty Pong, which matches no Ping of ours; that it was heard is what counts.
        client.ping("are you there?")
        example.prints("Ping frame received: Code 9\n")


def compression_server(example):
    with example.connect(compression="deflate") as client:
        assert [extension.name for extension in client.protocol.extensions] == ["permessage-deflate"]
        client.send("hello " * 100)
        assert client.recv(PATIENCE_SECS) == "Hello Swoole"
    with example.connect(compression=None) as client:
        assert client.protocol.extensions == []
        client.send("hello")
        assert client.recv(PATIENCE_SECS) == "Hello Swoole"


def metrics(example):
    with example.connect() as client:
        client.send("hello")
        assert client.recv(PATIENCE_SECS) == "hello"
        with urllib.request.urlopen(f"http://127.0.0.1:{example.port}/metrics", timeout=PATIENCE_SECS) as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
            families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
    total = lambda name: sum(sample.value for sample in families[name].samples)
    assert families["swoole_requests"].type == "counter" and total("swoole_requests") == 3, total("swoole_requests")
    assert total("swoole_connections") == 2 and total("swoole_worker_up") >= 1
    assert all(family.documentation for family in families.values())


def static_files(example):
    with example.connect() as client:
        client.send("hello")
        assert client.recv(PATIENCE_SECS) == "hello"

    def get(path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{example.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECS) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    script = (ROOT / "examples/chat/public/app.js").read_bytes()
    status, headers, body = get("/v3/app.js")
    assert (status, headers["Content-Type"], body) == (200, "text/javascript", script)
    assert get("/app.js", **{"If-None-Match": headers["ETag"]})[0] == 304
    assert get("/app.js", **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304
    status, headers, body = get("/app.js", Range="bytes=10-19")
    assert (status, headers["Content-Range"], body) == (206, f"bytes 10-19/{len(script)}", script[10:20])
    status, headers, body = get("/app.js", Range="bytes=0-1,5-6")
    parts = email.message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    assert [part.get_payload(decode=True) for part in parts.get_payload()] == [script[:2], script[5:7]], body
    assert get("/")[2] == (ROOT / "examples/chat/public/index.html").read_bytes()
    assert get("/nothing")[::2] == (404, b"There is no /nothing.\n")


def main(wanted):
    checks = {
        basic_server: "basic_server",
        basic_server_hears_a_fragmented_message_whole: "basic_server",
        **{check: check.__name__ for check in
           (request_broadcast, subprotocol, close_frame, ping_frame, compression_server, metrics, static_files)},
    }
    passed = failed = 0
    for check, name in checks.items():
        title = check.__name__.replace("_", " ") + " (Python)"
        if wanted and not any(text in check.__name__ for text in wanted):
            continue
        try:
            with running(name) as example:
                check(example)
            passed += 1
            print(f"ok      {title}")
        except Exception:
            failed += 1
            print(f"FAILED  {title}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

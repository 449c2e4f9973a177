"""Our client against Python's `websockets`: plain and compressed."""
import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import traceback

from websockets.exceptions import ConnectionClosedError
from websockets.sync.server import serve

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXTENSION = ROOT / os.environ.get("SWOOLE_SO", "modules/swoole.so")
# Longer than anything here takes on a busy machine.
PATIENCE_SECS = 30


def echo(connection):
    # The client's last word is a code of its own, which counts as an error here.
    with contextlib.suppress(ConnectionClosedError):
        for message in connection:
            connection.send(message)


def meet(flags, **options):
    """Serves one PHP client; what it printed."""
    with serve(echo, "127.0.0.1", 0, subprotocols=["echo"], max_size=8 << 20, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            port = server.socket.getsockname()[1]
            command = ["php", "-n", "-d", f"extension={EXTENSION}", ROOT / "tests/examples/client.php", "127.0.0.1", str(port)]
            done = subprocess.run(command + flags, capture_output=True, text=True, timeout=PATIENCE_SECS)
            return done.stdout + done.stderr
        finally:
            server.shutdown()
            thread.join()


def plain():
    return meet([], compression=None), "echo, plain"


def compressed():
    return meet(["--deflate"]), "echo, permessage-deflate; "


def compressed_with_context_takeover():
    return meet(["--takeover"]), "echo, permessage-deflate"


def main(wanted):
    passed = failed = 0
    for test in (plain, compressed, compressed_with_context_takeover):
        name = "client against websockets, " + test.__name__.replace("_", " ")
        if wanted and not any(text in name for text in wanted):
            continue
        try:
            printed, begins = test()
            assert printed.startswith(begins) and printed.endswith(", three parts in one, 10 hello?, true\n"), printed
            passed += 1
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

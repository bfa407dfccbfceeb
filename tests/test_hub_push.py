"""A checkpoint is pushed to a server that answers as the Hub does, and what arrived is a checkpoint."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tiny_models import save_tiny_captioner

pytest.importorskip("huggingface_hub", reason="The Hub's packages are not installed (requirements-hub.txt)")

from huggingface_hub import constants

from core.checkpoints.hub import HubCheckpoint


class Hub(BaseHTTPRequestHandler):
    """Takes one commit, all of its files within the request, as small ones come."""

    arrived: dict[str, bytes] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/repos/create"):
            answer = {"url": f"http://{self.headers['Host']}/owner/soft", "id": "owner/soft", "name": "owner/soft"}
        elif "/preupload/" in self.path:
            files = [one["path"] for one in json.loads(body)["files"]]
            answer = {"files": [{"path": path, "uploadMode": "regular", "shouldIgnore": False} for path in files]}
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.arrived[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            answer = {"commitUrl": f"http://{self.headers['Host']}/owner/soft/commit/1", "commitOid": "1" * 40}
        else:
            answer = {}
        self._say(answer)

    def do_GET(self) -> None:
        self._say({"id": "owner/soft", "modelId": "owner/soft", "sha": "1" * 40, "siblings": []})

    def _say(self, answer: dict) -> None:
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_pushed_is_the_checkpoint_and_no_other_file(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    save_tiny_captioner(tmp_path / "soft", "soft", encoder="0" * 64)
    (tmp_path / "soft" / "state.pt").write_bytes(b"of the training")
    try:
        HubCheckpoint(tmp_path / "soft").push_to_hub("owner/soft", token="hf_none")
    finally:
        server.shutdown()
        server.server_close()
    assert sorted(Hub.arrived) == ["README.md", "config.json", "model.safetensors"]
    for name, data in Hub.arrived.items():
        assert data == (tmp_path / "soft" / name).read_bytes()

"""A test that hangs, as a browser may make it, must not eat the time of all others."""

import subprocess
import sys
from pathlib import Path

CONFIG = Path(__file__).resolve().parent.parent / "pyproject.toml"


def test_a_test_that_hangs_is_ended_and_says_where(tmp_path):
    (tmp_path / "test_it.py").write_text("import time\n\n\ndef test_that_hangs():\n    time.sleep(60)\n")
    command = [sys.executable, "-m", "pytest", "-c", CONFIG, "--rootdir", tmp_path, "-o", "faulthandler_timeout=1"]
    done = subprocess.run([*command, tmp_path], cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode != 0
    assert "test_that_hangs" in done.stderr

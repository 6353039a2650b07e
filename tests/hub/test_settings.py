"""The three configurations say the same: for trying out, for The Littlest JupyterHub, for Kubernetes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from a_hub import REPO, RUN
from traitlets.config import Config, PyFileConfigLoader

HERE = REPO / "deploy/jupyterhub"
VALUES = yaml.safe_load((HERE / "values.yaml").read_text(encoding="utf-8"))


def loaded(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(HERE)).load_config()


@pytest.fixture
def trying_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Config:
    monkeypatch.setenv("HUB_STATE", str(tmp_path))
    monkeypatch.setenv("HUB_PASSWORD", "on-paper")
    monkeypatch.setenv("HUB_TEACHER_PASSWORD", "x" * 32)
    return loaded("jupyterhub_config.py")


def test_trying_out_listens_on_this_computer_only_and_lets_in_who_is_named(trying_out: Config) -> None:
    hub = trying_out.JupyterHub
    addresses = [hub.bind_url, hub.hub_bind_url, trying_out.ConfigurableHTTPProxy.api_url, hub.services[0]["url"]]
    assert len({re.fullmatch(r"http://127\.0\.0\.1:(\d+)", each)[1] for each in addresses}) == 4  # type: ignore[index]
    assert trying_out.Authenticator.allowed_users == {"ada", "bo", "cy"}
    assert not trying_out.Authenticator.get("allow_all")


def test_the_littlest_jupyterhub_is_told_the_same(trying_out: Config, tmp_path: Path) -> None:
    # As it is installed: a link from another folder.
    (tmp_path / "guarantees.py").symlink_to(HERE / "tljh_config.py")
    tljh = PyFileConfigLoader("guarantees.py", path=str(tmp_path)).load_config()
    (ours,), (theirs,) = trying_out.JupyterHub.services, tljh.JupyterHub.services
    assert theirs["user"] == "hand-in"
    assert theirs["environment"] == {"HAND_IN_FOLDER": "/srv/handed-in"}
    assert [theirs[name] for name in ("name", "command", "oauth_no_confirm")] == [
        ours[name] for name in ("name", "command", "oauth_no_confirm")
    ]
    assert Path(theirs["command"][1]).is_file()
    assert tljh.JupyterHub.load_roles == trying_out.JupyterHub.load_roles
    assert tljh.Spawner.server_token_scopes == trying_out.Spawner.server_token_scopes
    assert tljh.Spawner.environment["LESSON_HAND_IN_URL"] == f"{theirs['url']}/services/hand-in/send"


def test_kubernetes_is_told_the_same(trying_out: Config) -> None:
    (ours,), (role,) = trying_out.JupyterHub.services, trying_out.JupyterHub.load_roles
    hub, user = VALUES["hub"], VALUES["singleuser"]
    theirs = hub["services"][ours["name"]]
    assert theirs["oauth_no_confirm"] is ours["oauth_no_confirm"]
    assert theirs["command"][1] == hub["extraFiles"]["hand-in"]["mountPath"]
    assert theirs["environment"]["HAND_IN_FOLDER"] == hub["extraVolumeMounts"][0]["mountPath"]
    assert hub["loadRoles"][role["name"]]["scopes"] == role["scopes"]
    assert hub["config"]["KubeSpawner"]["server_token_scopes"] == trying_out.Spawner.server_token_scopes
    assert user["extraEnv"]["LESSON_HAND_IN_URL"] == f"{theirs['url']}/services/hand-in/send"
    assert user["extraFiles"]["lab-settings"]["data"] == json.loads(json.dumps(RUN["LAB_SETTINGS"]))


def test_the_port_of_the_service_is_open_wherever_it_must_be() -> None:
    hub, port = VALUES["hub"], int(VALUES["hub"]["services"]["hand-in"]["url"].rpartition(":")[2])
    rules: list[dict[str, Any]] = [
        *hub["networkPolicy"]["ingress"],
        *VALUES["proxy"]["chp"]["networkPolicy"]["egress"],
        *VALUES["singleuser"]["networkPolicy"]["egress"],
    ]
    assert [rule["ports"] for rule in rules] == [[{"port": port}]] * 3
    assert [(each["port"], each["targetPort"]) for each in hub["service"]["extraPorts"]] == [(port, port)]
    claim = yaml.safe_load((HERE / "handed-in.yaml").read_text(encoding="utf-8"))
    assert claim["metadata"]["name"] == hub["extraVolumes"][0]["persistentVolumeClaim"]["claimName"]


def test_the_proxy_is_pinned_exactly_and_its_lock_names_no_registry() -> None:
    package = json.loads((HERE / "proxy/package.json").read_text(encoding="utf-8"))
    lock = json.loads((HERE / "proxy/package-lock.json").read_text(encoding="utf-8"))
    (version,) = package["dependencies"].values()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert lock["packages"][""]["dependencies"] == package["dependencies"]
    for name, each in lock["packages"].items():
        assert "resolved" not in each, name
        assert not name or each["integrity"].startswith("sha512-"), name

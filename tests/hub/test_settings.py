"""The three configurations say the same: for trying out, for The Littlest JupyterHub, for Kubernetes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml
from a_hub import REPO, RUN
from traitlets.config import Config, PyFileConfigLoader

HERE = REPO / "deploy/jupyterhub"
README = (HERE / "README.md").read_text(encoding="utf-8")
VALUES = yaml.safe_load((HERE / "values.yaml").read_text(encoding="utf-8"))
# Names that the schema of Zero to JupyterHub 4.1.0 knows where values.yaml says something; it refuses all others.
CHART = {
    "": "hub proxy singleuser scheduling ingress prePuller custom cull debug rbac global",
    "hub": "config extraConfig extraFiles extraVolumeMounts extraVolumes loadRoles networkPolicy service services",
    "hub.networkPolicy": "allowedIngressPorts egress egressAllowRules enabled ingress interNamespaceAccessLabels",
    "hub.service": "annotations extraPorts loadBalancerIP ports type",
    "hub.extraFiles.hand-in": "mountPath mode",  # and, by --set-file, stringData
    "proxy": "annotations chp deploymentStrategy https labels secretSync secretToken service traefik",
    "proxy.chp": "extraEnv networkPolicy resources",
    "proxy.chp.networkPolicy": "egress egressAllowRules enabled ingress",
    "singleuser": "cmd cpu defaultUrl extraEnv extraFiles extraLabels fsGid image memory networkPolicy storage uid",
    "singleuser.image": "name pullPolicy pullSecrets tag",
    "singleuser.networkPolicy": "egress egressAllowRules enabled ingress",
    "singleuser.extraFiles.lab-settings": "data mode mountPath",
    "singleuser.memory": "guarantee limit",
    "singleuser.cpu": "guarantee limit",
    "singleuser.storage": "capacity dynamic extraLabels extraVolumeMounts extraVolumes homeMountPath static type",
    "cull": "adminUsers concurrency enabled every maxAge removeNamedServers timeout users",
}


def loaded(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(HERE)).load_config()


def added(config: Config, name: str) -> list[dict[str, Any]]:
    """What a configuration adds to a list of the hub's, in which nothing else stands."""
    found: list[dict[str, Any]] = config.JupyterHub[name].get_value([])
    return found


@pytest.fixture
def trying_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Config:
    monkeypatch.setenv("HUB_STATE", str(tmp_path))
    monkeypatch.setenv("HUB_PASSWORD", "on-paper")
    monkeypatch.setenv("HUB_TEACHER_PASSWORD", "x" * 32)
    return loaded("jupyterhub_config.py")


def test_trying_out_listens_on_this_computer_only_and_lets_in_who_is_named(trying_out: Config) -> None:
    hub = trying_out.JupyterHub
    addresses = [hub.bind_url, hub.hub_bind_url, trying_out.ConfigurableHTTPProxy.api_url]
    addresses += [each["url"] for each in added(trying_out, "services")]
    assert len({re.fullmatch(r"http://127\.0\.0\.1:(\d+)", each)[1] for each in addresses}) == 4  # type: ignore[index]
    assert trying_out.Authenticator.allowed_users == {"ada", "bo", "cy"}
    assert not trying_out.Authenticator.get("allow_all")


def test_the_littlest_jupyterhub_is_told_the_same(trying_out: Config, tmp_path: Path) -> None:
    # As it is installed: a link, loaded after what The Littlest JupyterHub itself has set.
    (tmp_path / "guarantees.py").symlink_to(HERE / "tljh_config.py")
    (tmp_path / "its_own.py").write_text(
        'c.JupyterHub.services = [{"name": "cull-idle"}]\nc.Spawner.environment = {"KEPT": "yes"}\n'
        f"load_subconfig({str(tmp_path / 'guarantees.py')!r})\n",
        encoding="utf-8",
    )
    tljh = PyFileConfigLoader("its_own.py", path=str(tmp_path)).load_config()
    (ours,), (culler, theirs) = added(trying_out, "services"), tljh.JupyterHub.services
    assert culler == {"name": "cull-idle"}
    assert tljh.Spawner.environment["KEPT"] == "yes"
    assert theirs["user"] == "hand-in"
    assert theirs["environment"] == {"HAND_IN_FOLDER": "/srv/handed-in"}
    assert [theirs[name] for name in ("name", "command", "oauth_no_confirm")] == [
        ours[name] for name in ("name", "command", "oauth_no_confirm")
    ]
    assert Path(theirs["command"][1]).is_file()
    assert added(tljh, "load_roles") == added(trying_out, "load_roles")
    assert tljh.Spawner.server_token_scopes == trying_out.Spawner.server_token_scopes
    assert tljh.Spawner.environment["LESSON_HAND_IN_URL"] == f"{theirs['url']}/services/hand-in/send"


def test_the_service_runs_on_the_python_of_ubuntu_22_04(needs_a_hub: None) -> None:
    # The Littlest JupyterHub's hub has the system's own Python, here 3.10: it has no datetime.UTC.
    older = "import datetime, sys; del datetime.UTC; sys.path.insert(0, sys.argv[1]); import hand_in_service"
    subprocess.run([sys.executable, "-c", older, str(HERE)], check=True)


def test_kubernetes_is_told_the_same(trying_out: Config) -> None:
    (ours,), (role,) = added(trying_out, "services"), added(trying_out, "load_roles")
    hub, user = VALUES["hub"], VALUES["singleuser"]
    theirs = hub["services"][ours["name"]]
    assert theirs["oauth_no_confirm"] is ours["oauth_no_confirm"]
    assert theirs["command"][1] == hub["extraFiles"]["hand-in"]["mountPath"]
    assert theirs["environment"]["HAND_IN_FOLDER"] == hub["extraVolumeMounts"][0]["mountPath"]
    assert hub["loadRoles"][role["name"]]["scopes"] == role["scopes"]
    assert hub["config"]["KubeSpawner"]["server_token_scopes"] == trying_out.Spawner.server_token_scopes
    assert user["extraEnv"]["LESSON_HAND_IN_URL"] == f"{theirs['url']}/services/hand-in/send"
    assert user["extraFiles"]["lab-settings"]["data"] == json.loads(json.dumps(RUN["LAB_SETTINGS"]))


@pytest.mark.parametrize("place", CHART)
def test_the_chart_knows_every_name_in_values(place: str) -> None:
    said = reduce(lambda values, name: values[name], place.split(".") if place else [], VALUES)
    assert set(said) <= set(CHART[place].split())


def test_what_a_student_writes_lies_in_the_volume_that_is_kept() -> None:
    # The image stands in the course's folder, and a server shows the folder in which it was started.
    spawner = VALUES["hub"]["config"]["KubeSpawner"]
    assert "homeMountPath" not in VALUES["singleuser"]["storage"]  # so it is the chart's,
    assert spawner["notebook_dir"] == "~"  # which is the home of the image's user


def test_the_command_for_helm_names_files_that_are_there() -> None:
    command = (HERE / "values.yaml").read_text(encoding="utf-8").partition("hub:\n")[0]
    named = re.findall(r"--(?:values |set-file \S+?=)(\S+)", command)
    assert [each for each in named if not (REPO / each).is_file()] == ["your-own.yaml"]


def test_the_link_opens_a_lesson_in_the_folder_that_it_makes() -> None:
    query = re.search(r"git-pull\s+\?(repo=.*?)\n\n", README, re.DOTALL)
    assert query
    asked = {name: value for name, (value,) in parse_qs(re.sub(r"\s", "", query[1])).items()}
    assert set(asked) == {"repo", "branch", "targetpath", "urlpath"}
    course = f"lab/tree/{asked['targetpath']}/"
    assert asked["urlpath"].startswith(course)
    for opened in (asked["urlpath"], VALUES["singleuser"]["defaultUrl"], loaded("tljh_config.py").Spawner.default_url):
        assert (REPO / opened.lstrip("/").removeprefix(course)).is_file()


def test_the_port_of_the_service_is_open_wherever_it_must_be() -> None:
    hub, port = VALUES["hub"], int(VALUES["hub"]["services"]["hand-in"]["url"].rpartition(":")[2])
    rules: list[dict[str, Any]] = [
        *hub["networkPolicy"]["ingress"],
        *VALUES["proxy"]["chp"]["networkPolicy"]["egress"],
        *VALUES["singleuser"]["networkPolicy"]["egress"],
    ]
    assert [rule["ports"] for rule in rules] == [[{"port": port}]] * 3
    # A hub that cannot reach its own service under the service's address ends.
    itself = {"podSelector": {"matchLabels": {"app": "jupyterhub", "component": "hub"}}}
    assert itself in hub["networkPolicy"]["ingress"][0]["from"]
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

"""Settings and the workspace they live in: defaults, overrides, and errors that name file and key."""

import stat
from pathlib import Path

import pytest
import yaml

from jobs.settings import Settings, SettingsError, load_settings
from jobs.workspace import MissingKey, Workspace, create_workspace
from jobs.workspace_files import settings_file


def written(directory: Path, text: str) -> Path:
    (directory / "groundswell.yaml").write_text(text, encoding="utf-8")
    return directory


def test_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, ""), environ={}) == Settings()


def test_new_workspace_lists_every_setting_with_its_default() -> None:
    uncommented = "\n".join(line[2:] for line in settings_file().splitlines() if line.startswith("# ") and ": " in line)
    listed = {line.split(":")[0] for line in uncommented.splitlines()}
    assert set(Settings.model_fields) - {"smtp_password"} <= listed


def test_defaults_in_the_new_file_are_the_defaults(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in settings_file().splitlines()]
    names = tuple(f"{name}:" for name in Settings.model_fields)
    values = yaml.safe_load("\n".join(line for line in lines if line.startswith(names)))
    assert Settings.model_validate(values) == Settings()


def test_environment_overrides_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "false_alerts_per_week: 2\nclock: data\n")
    settings = load_settings(path, environ={"GROUNDSWELL_FALSE_ALERTS_PER_WEEK": "0.5", "GROUNDSWELL_CLOCK": "wall"})
    assert (settings.false_alerts_per_week, settings.clock) == (0.5, "wall")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clock: moon", "groundswell.yaml: clock: expected 'data' or 'wall', got 'moon'"),
        ("colour: blue", "groundswell.yaml: colour: expected a known key"),
        ("timezone: Mars/Olympus", "timezone: expected an IANA time zone"),
        ("detection_window_days: soon", "detection_window_days: expected"),
        ("smtp_starttls: 'yes'", "smtp_starttls: expected true or false"),
        ("- a\n- b", "expected 'key: value' lines, got list"),
        ("name: [", "groundswell.yaml line"),
        ("smtp_password: hunter2", "expected a secret in the environment"),
    ],
)
def test_wrong_setting_is_named_with_what_was_expected(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(written(tmp_path, text), environ={})
    assert told in str(error.value)
    assert "hunter2" not in str(error.value)


def test_secret_comes_from_the_environment_or_a_file_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n", encoding="utf-8")
    for environ in ({"GROUNDSWELL_SMTP_PASSWORD": "hunter2"}, {"GROUNDSWELL_SMTP_PASSWORD_FILE": str(secret)}):
        settings = load_settings(written(tmp_path, ""), environ=environ)
        assert settings.smtp_password is not None and settings.smtp_password.get_secret_value() == "hunter2"
        assert "hunter2" not in repr(settings) + settings.model_dump_json()


def test_taxonomy_file_is_relative_to_the_workspace(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, "taxonomy_file: ours.yaml"), environ={})
    assert settings.taxonomy_file == tmp_path / "ours.yaml"


def test_new_workspace_is_complete_and_its_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    workspace, made = create_workspace(tmp_path / "here" / "there")
    assert {"groundswell.yaml", "owners.yaml", "key", "groundswell.db"} <= set(made)
    assert stat.S_IMODE((workspace.path / "key").stat().st_mode) == 0o600
    assert len(workspace.hash_key()) == 32


def test_second_init_changes_nothing(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path)
    key = workspace.hash_key()
    (tmp_path / "owners.yaml").write_text("owners: []\n", encoding="utf-8")
    _, made = create_workspace(tmp_path)
    assert made == []
    assert (tmp_path / "owners.yaml").read_text(encoding="utf-8") == "owners: []\n"
    assert Workspace(tmp_path).hash_key() == key


def test_lost_key_is_never_replaced_by_another(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path)
    (tmp_path / "key").unlink()
    create_workspace(tmp_path)
    with pytest.raises(MissingKey, match="restore it"):
        workspace.hash_key()

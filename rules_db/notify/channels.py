"""Channels: the name of a channel to its secret address, and one message through Apprise.

An address (an Apprise URL: mailto://…, wecombot://…, dingtalk://…, feishu://…, slack://…, json://…, dbus://…) is a
secret. It comes from the environment (GUIJI_CHANNEL_<NAME>) or from a YAML file outside the data folder that only its
owner may read (GUIJI_CHANNELS names it), and from nowhere else. No error of this module holds any part of one.
"""

from __future__ import annotations

import json
import logging
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from rules_db.connection import StoreError

FILE_VARIABLE, VARIABLE = "GUIJI_CHANNELS", "GUIJI_CHANNEL_"
# WeCom and others count octets; title and body together.
DEFAULT_LIMIT = 30_000
# Services that answer a refusal with HTTP 200, which Apprise takes for success: the field of the answer that must be 0.
_ANSWER_FIELD = {"wecombot": "errcode", "dingtalk": "errcode", "feishu": "code", "lark": "code"}
_CALLING = frozenset({"wecombot", "dingtalk", "feishu", "lark"})
# DingTalk is sent \uXXXX, six octets for the three of a Han character.
_SHARE_OF_LIMIT = {"dingtalk": 0.45, "lark": 0.45}
_STATUS = re.compile(r"error=(\d{3})\b")


class ChannelError(StoreError):
    """A channel has no usable address; the message names the channel, never the address."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`error` is "" when the service took the message; it names no address."""

    error: str = ""


def _asset() -> Any:
    """Messages come from Guiji, with no picture that a reader's program would fetch from elsewhere."""
    import apprise

    return apprise.AppriseAsset(
        app_id="Guiji", app_desc="Guiji 规迹", app_url="", image_url_mask="", image_url_logo="", image_path_mask=""
    )


class Channel:
    """One address behind a name; `limit` is what a message may have in octets of UTF-8."""

    def __init__(self, name: str, address: str) -> None:
        import apprise

        with _silent():
            plugin = apprise.Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)
        if not isinstance(plugin, apprise.NotifyBase):
            raise ChannelError(f"channel {name}: its address is no Apprise URL, or a part of it is missing")
        if len(plugin) > 1:
            raise ChannelError(f"channel {name}: its address has {len(plugin)} targets; give each a channel of its own")
        self.name = name
        self.service = address.partition("://")[0].lower()
        self._plugin = plugin
        share = _SHARE_OF_LIMIT.get(self.service, 0.95)
        self.limit = int(min(plugin.body_maxlen or DEFAULT_LIMIT, DEFAULT_LIMIT) * share)

    def send(self, title: str, body: str) -> Sent:
        """Send one message of plain text. Waits some seconds at most; never raises."""
        import apprise

        title = _inert(title, self.service)
        body = _inert(body, self.service)
        with _silent() as told, _answers(self._plugin, self.service) as answers:
            try:
                good = self._plugin.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
            except Exception as error:  # noqa: BLE001 - a fault in one of a hundred plugins must not hold the others
                return Sent(f"{type(error).__name__} in the {self.service} plugin")
        refusal = next((answer for answer in answers if answer), "")
        if refusal:
            return Sent(refusal)
        return Sent() if good else Sent(_reason(told))


def read_channels(environment: Mapping[str, str], data_root: Path) -> dict[str, str]:
    """Channel name → address, of the file and of the variables, which win. Raises ChannelError."""
    found: dict[str, str] = {}
    if environment.get(FILE_VARIABLE):
        found |= _read_file(Path(environment[FILE_VARIABLE]), data_root)
    for key, value in environment.items():
        if key.startswith(VARIABLE) and value:
            found[channel_name(key.removeprefix(VARIABLE))] = value
    return found


def channel_name(name: str) -> str:
    """Names as variables know them: no case, and _ for -."""
    return name.lower().replace("-", "_")


def open_channel(name: str, addresses: Mapping[str, str]) -> Channel:
    """Raises ChannelError when there is no address, or none that can be used."""
    address = addresses.get(channel_name(name))
    if not address:
        variable = VARIABLE + channel_name(name).upper()
        raise ChannelError(f"channel {name} has no address; set {variable}, or name it in the file of {FILE_VARIABLE}")
    return Channel(name, address)


def _read_file(path: Path, data_root: Path) -> dict[str, str]:
    try:
        if path.resolve().is_relative_to(data_root.resolve()):
            raise ChannelError(f"{path}: secrets must not lie in the data folder, which is backed up; move the file")
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ChannelError(f"{path}: others may read it; chmod 600 it")
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChannelError(f"{path}: can't be read: {error.strerror}; {FILE_VARIABLE} names it") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ChannelError(f"{path}: not readable YAML") from None  # the cause would quote a secret
    if not isinstance(raw, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in raw.items()):
        raise ChannelError(f"{path}: a mapping of channel names to addresses is expected")
    return {channel_name(key): value for key, value in raw.items()}


def _inert(text: str, service: str) -> str:
    """Chats read <at …> and <@…> as calls to everybody; crawled text calls nobody. (For Slack, Apprise escapes.)"""
    return text.replace("<", "＜") if service in _CALLING else text


def _reason(records: list[str]) -> str:
    """Apprise's own words would be free text; only the status is taken from them."""
    for record in reversed(records):
        status = _STATUS.search(record)
        if status:
            return f"refused with HTTP status {status[1]}"
    if any("onnection error" in record for record in records):
        return "the service could not be reached"
    return "the service did not take the message"


@contextmanager
def _silent() -> Iterator[list[str]]:
    """Keep Apprise's log, which holds addresses at some levels, out of ours; yields its warnings."""
    logger = logging.getLogger("apprise")
    heard: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    handler = Keep(level=logging.WARNING)
    before = (logger.propagate, logger.level, logger.handlers)
    logger.propagate, logger.handlers = False, [handler]
    logger.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        logger.propagate, logger.handlers = before[0], before[2]
        logger.setLevel(before[1])


@contextmanager
def _answers(plugin: Any, service: str) -> Iterator[list[str]]:
    """Look at what the service answered: yields one entry an answer, "" or the refusal it holds.

    The plugin's module is lent a stand-in for `requests` for the time of one message, as Apprise hands no answer on.
    """
    import importlib

    found: list[str] = []
    if service not in _ANSWER_FIELD:
        yield found
        return
    module: Any = importlib.import_module(type(plugin).__module__)
    real: ModuleType = module.requests

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def post(self, *args: Any, **kwargs: Any) -> Any:
            response = real.post(*args, **kwargs)
            found.append(_refusal(response.content, _ANSWER_FIELD[service]))
            return response

    module.requests = Listening()
    try:
        yield found
    finally:
        module.requests = real


def _refusal(content: bytes, field: str) -> str:
    try:
        answer = json.loads(content)
    except ValueError:
        return ""
    code = answer.get(field, answer.get("StatusCode", 0)) if isinstance(answer, dict) else 0
    return f"refused by the service with code {int(code)}" if isinstance(code, int) and code else ""

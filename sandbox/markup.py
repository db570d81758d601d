"""XML as WeChat writes it, and as a bot may answer it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

Value = str | int | float | Mapping[str, Any] | Sequence[Any]

# Characters which XML 1.0 forbids even when escaped.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BadMarkup(Exception):
    """Not the XML that was expected."""


def build(fields: Mapping[str, Value]) -> str:
    """One ``<xml>`` document: strings in CDATA, numbers bare, lists as repeated ``<item>``."""
    return "<xml>" + _inside(fields) + "</xml>"


def _inside(fields: Mapping[str, Value]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"<{name}><![CDATA[{_cdata(value)}]]></{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, Sequence):
        # Lists of events repeat the element itself; picture lists hold <item>.
        if name == "List":
            return "".join(_element(name, one) for one in value)
        return f"<{name}>" + "".join(_element("item", one) for one in value) + f"</{name}>"
    return f"<{name}>{value}</{name}>"


def _cdata(text: str) -> str:
    return _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")


def parse(text: str) -> dict[str, Any]:
    """Read an ``<xml>`` document into nested dicts; a repeated element becomes a list."""
    if "<!DOCTYPE" in text:
        raise BadMarkup("a document type is not allowed")
    try:
        root = ET.fromstring(text)  # noqa: S314 no document type, so no entities
    except (ET.ParseError, ValueError) as error:
        raise BadMarkup("the body is not well-formed XML") from error
    if root.tag != "xml":
        raise BadMarkup("the root element is not <xml>")
    found = _read(root)
    if not isinstance(found, dict):
        raise BadMarkup("the document is empty")
    return found


def _read(element: ET.Element) -> Any:
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _read(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found

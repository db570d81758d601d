"""Every path of the API and what serves it."""

from __future__ import annotations

from flask import Blueprint

from sandbox.api import account, messages
from sandbox.api.calls import Call, register
from sandbox.world import World

WITH_TOKEN: dict[str, Call] = {
    "/cgi-bin/message/custom/send": messages.custom_send,
    "/cgi-bin/message/custom/typing": messages.typing,
    "/cgi-bin/message/template/send": messages.template_send,
    "/cgi-bin/message/subscribe/bizsend": messages.bizsend,
    "/cgi-bin/template/get_all_private_template": account.templates,
    "/cgi-bin/media/upload": account.media_upload,
    "/cgi-bin/media/get": account.media_get,
    "/cgi-bin/menu/create": account.menu_create,
    "/cgi-bin/menu/get": account.menu_get,
    "/cgi-bin/menu/delete": account.menu_delete,
    "/cgi-bin/qrcode/create": account.qr_create,
    "/cgi-bin/user/info": account.user_info,
    "/cgi-bin/tags/create": account.tags_create,
    "/cgi-bin/tags/get": account.tags_get,
    "/cgi-bin/tags/members/batchtagging": account.tags_members,
    "/cgi-bin/ticket/getticket": account.ticket,
    "/cgi-bin/getcallbackip": account.addresses,
    "/cgi-bin/clear_quota": account.clear_quota,
}

WITH_SECRET: dict[str, Call] = {
    "/cgi-bin/stable_token": account.stable_token,
    "/cgi-bin/token": account.token,
    "/sns/oauth2/access_token": account.oauth_token,
}


def api(world: World) -> Blueprint:
    """Make the API of one world."""
    blueprint = Blueprint("api", __name__)
    for path, call in WITH_TOKEN.items():
        register(blueprint, world, path, call, token=True)
    for path, call in WITH_SECRET.items():
        register(blueprint, world, path, call, token=False)
    return blueprint

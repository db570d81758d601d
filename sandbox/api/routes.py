"""Every path of the API and what serves it."""

from __future__ import annotations

from flask import Blueprint

from sandbox.api import custom, media, menu, qr, quota, subscribe, tags, template, token, users
from sandbox.api.calls import Work, register
from sandbox.oauth import access_token
from sandbox.world import World

WITH_TOKEN: dict[str, Work] = {
    "POST /cgi-bin/message/custom/send": custom.send,
    "POST /cgi-bin/message/custom/typing": custom.typing,
    "POST /cgi-bin/message/template/send": template.send,
    "POST /cgi-bin/message/subscribe/bizsend": subscribe.bizsend,
    "GET /wxaapi/newtmpl/gettemplate": subscribe.listed,
    "GET /cgi-bin/template/get_all_private_template": template.listed,
    "POST /cgi-bin/media/upload": media.upload,
    "GET /cgi-bin/media/get": media.get,
    "POST /cgi-bin/menu/create": menu.create,
    "GET /cgi-bin/menu/get": menu.get,
    "GET /cgi-bin/menu/delete": menu.delete,
    "POST /cgi-bin/qrcode/create": qr.create,
    "GET /cgi-bin/user/info": users.info,
    "GET /cgi-bin/user/get": users.listed,
    "POST /cgi-bin/user/tag/get": tags.people,
    "POST /cgi-bin/tags/create": tags.create,
    "GET /cgi-bin/tags/get": tags.listed,
    "POST /cgi-bin/tags/update": tags.update,
    "POST /cgi-bin/tags/delete": tags.delete,
    "POST /cgi-bin/tags/members/batchtagging": tags.tag_people,
    "POST /cgi-bin/tags/members/batchuntagging": tags.untag_people,
    "POST /cgi-bin/tags/getidlist": tags.of_person,
    "GET /cgi-bin/ticket/getticket": token.ticket,
    "GET /cgi-bin/getcallbackip": quota.addresses,
    "GET /cgi-bin/get_api_domain_ip": quota.addresses,
    "POST /cgi-bin/clear_quota": quota.clear,
}

WITHOUT_TOKEN: dict[str, Work] = {
    "POST /cgi-bin/stable_token": token.stable_token,
    "GET /cgi-bin/token": token.legacy_token,
    "GET /cgi-bin/showqrcode": qr.show,
    "GET /sns/oauth2/access_token": access_token,
}


def api(world: World) -> Blueprint:
    """Make the API of one world."""
    blueprint = Blueprint("api", __name__)
    for rule, work in WITH_TOKEN.items():
        register(blueprint, world, rule, work, token=True)
    for rule, work in WITHOUT_TOKEN.items():
        register(blueprint, world, rule, work, token=False)
    return blueprint

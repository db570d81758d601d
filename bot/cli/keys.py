"""Commands of the key ring: a new key, and the old ones out of use."""

from __future__ import annotations

import click

from bot.cli.house import make_house, ready_house
from bot.config import BadSetting


@click.group()
def keys() -> None:
    """The ring of DATA_KEY_FILE, which seals what people write."""


@keys.command("add")
def keys_add() -> None:
    """Add a new newest key; it seals from the moment a process starts, or first meets it."""
    from bot.store.key_ring import add_key

    path = make_house().settings.data_key_file
    if not path.exists():
        raise BadSetting(f"DATA_KEY_FILE: {path} is missing: there is no ring to add a key to.")
    try:
        number = add_key(path)
    except FileExistsError as error:
        raise BadSetting(
            f"DATA_KEY_FILE: {error.filename} is there: another change is under way, or one was"
            " cut; then remove it."
        ) from None
    except (OSError, ValueError) as error:
        raise BadSetting(f"DATA_KEY_FILE: {error}") from None
    click.echo(f"key {number} is the newest now: copy the file, then run `weldmate keys rewrap`")


@keys.command("rewrap")
def keys_rewrap() -> None:
    """Seal anew what lies under older keys, and tell which of them are still in use."""
    from bot.store.key_ring import rewrap, usage

    house = ready_house()
    click.echo(f"{rewrap(house.database, house.cipher)} sealed anew")
    held = usage(house.database)
    for number in sorted(house.cipher.numbers):
        if number == house.cipher.newest:
            click.echo(f"key {number}: the newest, {held.get(number, 0)} values")
        elif held.get(number, 0):
            click.echo(f"key {number}: still in use, {held[number]} values")
        else:
            click.echo(f"key {number}: in use no more; taken out, run `weldmate keys rewrap` again")
    for number in sorted(set(held) - house.cipher.numbers):
        click.echo(f"key {number}: not in the ring, {held[number]} values cannot be read")


KEYS = (keys,)

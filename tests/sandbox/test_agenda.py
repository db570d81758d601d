"""What is done later, by the virtual clock."""

import threading
from datetime import timedelta

import pytest

from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.state import State


@pytest.fixture
def made():
    agendas = []

    def make(state):
        clock = Clock(state)
        agenda = Agenda(state, clock)
        agendas.append(agenda)
        return agenda, clock

    yield make
    for agenda in agendas:
        agenda.close()


def turn(clock, seconds):
    clock.move_to(clock.now() + timedelta(seconds=seconds))


def test_a_thing_is_done_once_when_its_time_has_come(made):
    agenda, clock = made(State())
    done = []
    agenda.on("thing", done.append)
    agenda.add("thing", "late", clock.seconds() + 60)
    agenda.add("thing", "now", clock.seconds())
    assert agenda.idle(2)
    assert done == ["now"]
    turn(clock, 62)
    assert agenda.idle(2)
    assert agenda.idle(2)
    assert done == ["now", "late"]
    assert agenda.next_due() is None


def test_it_is_not_idle_before_what_it_did_is_done_and_what_came_of_it(made):
    agenda, clock = made(State())
    go, done = threading.Event(), []

    def work(key):
        go.wait(5)
        done.append(key)
        if key == "first":
            agenda.add("thing", "second", clock.seconds())

    agenda.on("thing", work)
    agenda.add("thing", "first", clock.seconds())
    assert not agenda.idle(0.2)
    go.set()
    assert agenda.idle(2)
    assert done == ["first", "second"]


def test_what_waits_outlives_a_restart(made, tmp_path):
    first = State(tmp_path / "s.sqlite")
    agenda, clock = made(first)
    agenda.on("thing", lambda _: None)
    agenda.add("thing", "x", clock.seconds() + 60)
    agenda.close()
    first.close()
    again, done = State(tmp_path / "s.sqlite"), []
    agenda, clock = made(again)
    agenda.on("thing", done.append)
    turn(clock, 62)
    assert agenda.idle(2)
    assert done == ["x"]


def test_many_things_are_all_done(made):
    agenda, clock = made(State())
    done = []
    agenda.on("thing", done.append)
    for n in range(200):
        agenda.add("thing", str(n), clock.seconds())
    assert agenda.idle(10)
    assert sorted(done, key=int) == [str(n) for n in range(200)]


def test_a_turn_of_the_clock_stops_at_every_due_time(control, world):
    seen = []
    world.agenda.on("thing", lambda key: seen.append((key, world.clock.seconds())))
    began = world.clock.seconds()
    for hours in (1, 5, 9):
        world.agenda.add("thing", f"{hours}", began + hours * 3600)
    control.pass_time(advance="6h")
    assert [key for key, _ in seen] == ["1", "5"]
    for key, at in seen:
        assert 0 <= at - began - int(key) * 3600 < 60

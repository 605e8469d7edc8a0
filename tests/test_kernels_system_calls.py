"""Filters of system calls: what each of them says to a call, run here as Linux would, and that Linux takes them."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.kernels.system_calls import MACHINES, SERVERS, Filter, Machine, program, submitted

X86 = MACHINES["x86_64"]
ALLOWED = 0x7FFF0000
REFUSED = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS
DONE = 0x00050000
KERNEL = submitted(listens=True, programs=False, own_tree=True, pid=0)
NOTEBOOK = submitted(listens=False, programs=False, own_tree=True, pid=0)
AMONG_OTHERS = submitted(listens=True, programs=False, own_tree=False, pid=4711)
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
machines = pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))


def answer(
    machine: Machine, wanted: Filter, *, number: int, architecture: int | None = None, arguments: tuple[int, ...] = ()
) -> int:
    """Run the filter as Linux would."""
    steps = list(struct.iter_unpack("=HBBI", program(machine, wanted)))
    data = {0: number, 4: machine.architecture if architecture is None else architecture}
    data |= {16 + 8 * place: 0 for place in range(6)} | {16 + 8 * n: value for n, value in enumerate(arguments)}
    place, held = 0, 0
    while True:
        code, yes, no, value = steps[place]
        if code == 0x06:
            return int(value)
        if code == 0x20:
            held, true = data[value], None
        elif code == 0x54:
            held, true = held & value, None
        else:
            true = {0x15: held == value, 0x35: held >= value}[code]
        place += 1 + (0 if true is None else yes if true else no)


def said(machine: Machine, wanted: Filter, call: str, *arguments: int) -> int:
    """Return the answer to a call by its name."""
    return answer(machine, wanted, number=machine.calls[call], arguments=arguments)


@machines
@given(number=st.integers(0, 600), argument=st.integers(0, 2**32 - 1))
def test_the_filter_of_servers_refuses_what_is_listed_and_nothing_else(
    machine: Machine, number: int, argument: int
) -> None:
    """By number; ``clone`` only where it asks for a user namespace."""
    listed = {machine.calls[name] for name in SERVERS.refused & machine.calls.keys()} | {435}
    refused = number in listed or (number == machine.calls["clone"] and argument & 0x10000000)
    assert (answer(machine, SERVERS, number=number, arguments=(argument,)) != ALLOWED) == bool(refused)


@pytest.mark.parametrize("wanted", [SERVERS, KERNEL, NOTEBOOK, AMONG_OTHERS])
@given(number=st.integers(0, 2**32 - 1), architecture=st.integers(0, 2**32 - 1))
def test_calls_of_another_architecture_are_refused(wanted: Filter, number: int, architecture: int) -> None:
    """There a number means another call; so do the numbers of x86 with 32-bit pointers."""
    if architecture != X86.architecture:
        assert answer(X86, wanted, number=number, architecture=architecture) == REFUSED
    assert answer(X86, wanted, number=number | 0x40000000) == REFUSED


@machines
@given(number=st.integers(451, 0x3FFFFFFF))
def test_submitted_code_gets_no_call_that_is_newer_than_our_tables(machine: Machine, number: int) -> None:
    """Libraries take an older call where one does not exist."""
    assert answer(machine, KERNEL, number=number) == UNKNOWN


@machines
@pytest.mark.parametrize("wanted", [KERNEL, NOTEBOOK, AMONG_OTHERS])
def test_submitted_code_is_refused_all_that_servers_are(machine: Machine, wanted: Filter) -> None:
    """The stricter filter is stricter everywhere."""
    assert wanted.refused > SERVERS.refused
    assert all(said(machine, wanted, call) == REFUSED for call in SERVERS.refused & machine.calls.keys())


@machines
@pytest.mark.parametrize("flag", [1 << bit for bit in (17, 25, 26, 27, 28, 29, 30)])
def test_submitted_code_starts_threads_and_processes_but_no_namespaces(machine: Machine, flag: int) -> None:
    """Each flag CLONE_NEW… by itself and among others; ``clone3`` does not exist."""
    threads = 0x003D0F00
    assert said(machine, KERNEL, "clone", threads) == ALLOWED
    assert said(machine, KERNEL, "clone", 17) == ALLOWED
    assert said(machine, KERNEL, "clone", flag | threads) == REFUSED
    assert answer(machine, KERNEL, number=435) == UNKNOWN


@machines
@given(family=st.integers(0, 60), kind=st.integers(0, 15), flags=st.sampled_from([0, 0o4000, 0o2000000]))
def test_sockets_are_streams_of_unix_or_none(machine: Machine, family: int, kind: int, flags: int) -> None:
    """A kernel listens on them; a notebook's process has only pairs."""
    fine = kind in {1, 5}
    assert (said(machine, KERNEL, "socket", family, kind | flags) == ALLOWED) == (family == 1 and fine)
    assert said(machine, NOTEBOOK, "socket", family, kind | flags) == REFUSED
    assert (said(machine, NOTEBOOK, "socketpair", 1, kind | flags) == ALLOWED) == fine


@machines
def test_who_may_connect_and_start_programs(machine: Machine) -> None:
    """Connecting needs a file tree of one's own, for the filter cannot read a path; programs have to be asked for."""
    assert said(machine, KERNEL, "connect") == ALLOWED
    assert {said(machine, wanted, "connect") for wanted in (NOTEBOOK, AMONG_OTHERS)} == {REFUSED}
    assert {said(machine, KERNEL, call) for call in ("execve", "execveat")} == {REFUSED}
    with_programs = submitted(listens=True, programs=True, own_tree=True, pid=0)
    assert {said(machine, with_programs, call) for call in ("execve", "execveat")} == {ALLOWED}


@machines
@given(other=st.integers(0, 2**32 - 1).filter(lambda pid: pid not in {0, 4711}))
def test_among_the_processes_of_others_it_reaches_only_itself(machine: Machine, other: int) -> None:
    """Where numbers of processes are shared: no signal, no limit and no priority for anybody else, no leaving."""
    for call in ("kill", "tgkill", "rt_sigqueueinfo", "prlimit64", "sched_setaffinity"):
        assert said(machine, AMONG_OTHERS, call, 4711) == ALLOWED
        assert said(machine, AMONG_OTHERS, call, other) == REFUSED
        assert said(machine, KERNEL, call, other) == ALLOWED
    for call in ("setsid", "setpgid", "tkill", "pidfd_send_signal", "setpriority"):
        assert said(machine, AMONG_OTHERS, call) == REFUSED
    for command in (8, 10, 15):
        assert said(machine, AMONG_OTHERS, "fcntl", 3, command) == REFUSED
    assert said(machine, AMONG_OTHERS, "fcntl", 3, 2) == ALLOWED


@machines
def test_modes_and_times_are_left_alone_where_files_of_others_are_near(machine: Machine) -> None:
    """Landlock does not judge them; a program that copies files must not fail for it."""
    assert said(machine, AMONG_OTHERS, "fchmod") == DONE
    assert said(machine, AMONG_OTHERS, "fsetxattr") == REFUSED
    assert said(machine, KERNEL, "fchmod") == ALLOWED


@pytest.mark.parametrize("name", list(MACHINES))
def test_the_numbers_are_those_of_linux(name: str) -> None:
    """Compared with the headers of the system, where they are installed."""
    if not HEADERS[name].exists():
        pytest.skip("no header files here")
    found = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)\n", HEADERS[name].read_text(encoding="utf-8"))
    numbers = {call: int(number) for call, number in found}
    ours = MACHINES[name].calls
    assert {call: number for call, number in ours.items() if numbers.get(call, number) != number} == {}
    newer = {"memfd_secret"}
    generic_spelling = {"name_to_handle_at", "open_by_handle_at"} if name == "aarch64" else set()
    assert ours.keys() - numbers.keys() <= newer | generic_spelling


@machines
def test_every_name_in_a_filter_is_a_call_of_some_processor(machine: Machine) -> None:
    """A spelling mistake would silently open something; every rule's call is known everywhere."""
    known = {name for one in MACHINES.values() for name in one.calls}
    for wanted in (SERVERS, KERNEL, NOTEBOOK, AMONG_OTHERS):
        assert wanted.refused | wanted.pretended <= known
        assert {rule.call for rule in wanted.rules} <= machine.calls.keys()

"""What each command does. It imports only what it needs: `tokens` starts without the web framework, `run` without either."""

from __future__ import annotations

import argparse
import asyncio

from hebca_helper.cli.program import Program, wanted_ports


def run(options: argparse.Namespace, program: Program) -> int:
    """Also what `hebca-helper` alone means: then without any options."""
    return program.run_window(
        ports=wanted_ports(options),
        practice=getattr(options, "practice", False),
        background=getattr(options, "background", False),
    )


def show(options: argparse.Namespace, program: Program) -> int:
    return program.show_window(getattr(options, "page", ""))


def serve(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.serve import serve

    return asyncio.run(serve(options, program))


def demo(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.demo import demo

    return asyncio.run(demo(program, as_json=options.json))


def practice(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.practice import practice

    return asyncio.run(practice(options, program))


def listing(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.listing import listing

    return asyncio.run(listing(options, program))


def keys(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.keys import keys

    return asyncio.run(keys(options, program))


def cms(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.cms import cms

    return cms(options, program)


def check(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.check import check

    return check(options, program)


def issuers(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.issuers import issuers

    return issuers(options, program)


def seal(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.seal import seal

    return asyncio.run(seal(options, program))


def seals(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.seals import seals

    return asyncio.run(seals(options, program))


def doctor(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.doctor import doctor

    return asyncio.run(doctor(options, program))


def trust(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.cli.trust import trust

    return trust(options, program)


def policy(options: argparse.Namespace, _: Program) -> int:
    from hebca_helper.cli.policy import policy

    return policy(options)


def relying_party(options: argparse.Namespace, _: Program) -> int:
    from hebca_helper.cli.relying_party import relying_party

    return relying_party(options)

"""`seal`: stamp PDFs with a seal from the USBKEY; one file, or several into a folder."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.assistant.stamping.notes import page_ranges, told
from hebca_helper.assistant.stamping.sealing import StampFile, StampRequest, StampResult
from hebca_helper.assistant.stamping.seals import TokenSeal
from hebca_helper.cli.files import is_folder, require_free, secret
from hebca_helper.cli.keys import one_of
from hebca_helper.cli.program import Core, Program, require_unattended
from hebca_helper.cli.prompts import TerminalPrompts, at_terminal, chosen
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_ONLY_WITH = {
    "page": {Mode.POSITION},
    "nth": {Mode.KEYWORD},
    "x": {Mode.POSITION, Mode.EVERY_PAGE},
    "y": {Mode.POSITION, Mode.EVERY_PAGE, Mode.EDGE},
}
"""Options that say nothing elsewhere."""


async def seal(options: argparse.Namespace, program: Program) -> int:
    """Exit status 0 when every file was stamped. The originals are never touched."""
    require_unattended(options, "pin_file")
    request = StampRequest(_files(options), placement(options), options.seal, options.reason, overwrite=options.force)
    for file in request.files:
        require_free(str(file.target), overwrite=options.force)
    async with program.core() as core:
        if options.unattended:
            core.assistant.answer_unattended(secret(options.pin_file))
        else:
            core.assistant.prompts = TerminalPrompts()
        person = core.assistant.connect(Asker(Channel.TERMINAL))
        try:
            request = replace(request, seal_id=await _which(core, person, options))
            _tell_place(request.placement)
            results = await core.assistant.stamping.stamp(person, request)
        finally:
            await core.assistant.close(person)
    first = next((result.problem for result in results if result.problem is not None), None)
    if first is not None and len(results) == 1 and not options.json:
        raise first
    for result in results:
        _tell(result, as_json=options.json)
    return 0 if first is None else 1


async def _which(core: Core, person: Connection, options: argparse.Namespace) -> str:
    """The seal's id: as said, the only one, or of several as the person says at a terminal. To a script the first is
    told; empty where the person chooses between USBKEYs."""
    if options.seal:
        found = {each.id: each.id for each in await core.assistant.seals.listed(person)}
        return one_of(found, options.seal, tr("印章")) if found else ""
    usable = await core.assistant.stamping.usable_seals(person)
    if len(usable) == 1 or len({each.token_id for each in usable}) > 1:
        return ""
    if options.unattended or not at_terminal():
        told = tr("有 {n} 枚印章，使用 {name}，可用 --seal 指定")
        print(told.format(n=len(usable), name=_named(usable[0])), file=sys.stderr)
        return usable[0].id
    return (await chosen(usable, _named, tr("请选择印章编号: "))).id


def _named(seal: TokenSeal) -> str:
    return tr("“{name}” {id}").format(name=visible_name(seal.name), id=seal.id)


def _tell_place(place: Placement) -> None:
    if place.x_mm is None and place.y_mm is None and place.mode in (Mode.POSITION, Mode.EVERY_PAGE):
        each = tr("每一页") if place.mode is Mode.EVERY_PAGE else tr("第 {n} 页").format(n=place.page)
        page = tr("最后一页") if place.page == -1 else each
        print(tr("没有给出位置：盖在{page}的右下方，可用 --x --y 或 --keyword 指定").format(page=page), file=sys.stderr)


def placement(options: argparse.Namespace) -> Placement:
    """HelperError(BAD_REQUEST) for options that do not go together."""
    mode = Mode.POSITION
    if options.keyword is not None:
        mode = Mode.KEYWORD
    elif options.every_page:
        mode = Mode.EVERY_PAGE
    elif options.edge:
        mode = Mode.EDGE
    elif options.field is not None:
        mode = Mode.FIELD
    for name, modes in _ONLY_WITH.items():
        if getattr(options, name) is not None and mode not in modes:
            raise HelperError(Code.BAD_REQUEST, tr("--{name} 不能与 --{mode} 一起使用").format(name=name, mode=mode))
    return Placement(
        mode,
        page=1 if options.page is None else options.page,
        x_mm=options.x,
        y_mm=options.y,
        keyword=options.keyword or "",
        nth=options.nth or 0,
        field=options.field or "",
    )


def _files(options: argparse.Namespace) -> tuple[StampFile, ...]:
    if len(options.files) < 2:
        raise HelperError(Code.BAD_REQUEST, tr("请给出要盖章的文件和输出文件"))
    *sources, last = (Path(each) for each in options.files)
    folder = is_folder(last)
    if len(sources) == 1 and not folder:
        return (StampFile(sources[0].absolute(), last.absolute()),)
    if not folder:
        raise HelperError(Code.BAD_REQUEST, tr("{path} 不是文件夹").format(path=last))
    files = tuple(StampFile(each.absolute(), (last / each.name).absolute()) for each in sources)
    if len({file.target for file in files}) < len(files):
        raise HelperError(Code.BAD_REQUEST, tr("有文件同名，不能放进同一个文件夹"))
    return files


def _tell(result: StampResult, *, as_json: bool) -> None:
    problem = result.problem
    if as_json:
        row = {
            "file": str(result.file.source),
            "out": str(result.file.target),
            "done": problem is None,
            "pages": list(result.pages),
            "notes": list(result.notes),
            "problem": {"code": problem.code, "text": str(problem)} if problem else None,
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    name = visible_line(str(result.file.target))
    done = tr("{name}：已盖章（第 {pages} 页）").format(name=name, pages=page_ranges(result.pages))
    print(done if problem is None else f"{visible_line(str(result.file.source))}: {problem}")
    for note in result.notes:
        print(f"  {told(note)}")

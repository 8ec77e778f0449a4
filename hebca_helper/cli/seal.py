"""`seal`: stamp PDFs with a seal from the USBKEY; one file, or several into a folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.visible import visible_line
from hebca_helper.assistant.stamping.notes import page_ranges, told
from hebca_helper.assistant.stamping.sealing import StampFile, StampRequest, StampResult
from hebca_helper.cli.files import require_free, secret
from hebca_helper.cli.program import Program
from hebca_helper.cli.prompts import TerminalPrompts
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
            results = await core.assistant.stamping.stamp(person, request)
        finally:
            await core.assistant.close(person)
    first = next((result.problem for result in results if result.problem is not None), None)
    if first is not None and len(results) == 1 and not options.json:
        raise first
    for result in results:
        _tell(result, as_json=options.json)
    return 0 if first is None else 1


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
    if len(sources) == 1 and not last.is_dir():
        return (StampFile(sources[0].absolute(), last.absolute()),)
    if not last.is_dir():
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

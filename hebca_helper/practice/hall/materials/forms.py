"""The papers as PDFs, made from the database: Chinese text that can be searched, several pages where needed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableBordersLayout

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.moments import beijing
from hebca_helper.practice.hall.materials.model import Insured
from hebca_helper.practice.seal_drawing import chinese_font

SEAL_KEYWORD = "单位（盖章）"
"""Where the seal belongs: its centre comes over the end of these words."""
CENTRE = "演练市社会保险事业管理中心"
_FONT = "chinese"


@dataclass(frozen=True, slots=True)
class Filing:
    """Who files, under which number, when (aware)."""

    unit: str
    unit_number: str
    clerk: str
    serial: str
    moment: datetime


class _Paper(FPDF):
    """A4 with the practice mark and page numbers. HelperError(NOT_SUPPORTED) without a Chinese font."""

    def __init__(self, filing: Filing, *, landscape: bool = False) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", format="A4")
        font = chinese_font()
        if font is None:
            raise HelperError(Code.NOT_SUPPORTED, "fonts-wqy-microhei")
        for style in ("", "B"):
            self.add_font(_FONT, style, font, collection_font_number=0)
        self._filing = filing
        self.set_creation_date(filing.moment)
        self.set_creator("演练办事大厅")
        self.set_auto_page_break(True, 18)
        self.set_margins(16, 16)
        self.add_page()

    def header(self) -> None:
        self.set_font(_FONT, size=9)
        self.set_text_color(150, 95, 0)
        self.cell(0, 6, f"演练材料，不具有任何效力    流水号 {self._filing.serial}", new_x="LMARGIN", new_y="NEXT")
        self.set_text_color(0)

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font(_FONT, size=9)
        self.cell(0, 6, f"第 {self.page_no()} 页，共 {{nb}} 页", align="C")

    def heading(self, text: str) -> None:
        self.set_font(_FONT, "B", 18)
        self.cell(0, 14, text, align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_font(_FONT, size=10.5)
        told = self._filing
        line = f"单位编号：{told.unit_number}    单位名称：{told.unit}    填报日期：{_day(told.moment)}"
        self.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")

    def rows(self, widths: Sequence[float], head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
        self.set_font(_FONT, size=10)
        layout = TableBordersLayout.ALL
        with self.table(col_widths=tuple(widths), line_height=7, text_align="CENTER", borders_layout=layout) as table:
            for cells in (head, *body):
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    def signatures(self) -> None:
        """Room for the seal: it is 40 mm across and comes over its words."""
        if self.get_y() > self.h - 62:
            self.add_page()
        self.ln(22)
        self.set_font(_FONT, size=11)
        self.cell(0, 8, f"经办人：{self._filing.clerk}", new_x="LMARGIN", new_y="NEXT")
        self.set_x(self.w - 86)
        self.cell(70, 8, SEAL_KEYWORD, new_x="LMARGIN", new_y="NEXT")
        self.set_x(self.w - 86)
        self.cell(70, 8, _day(self._filing.moment))

    def done(self) -> bytes:
        made = io.BytesIO()
        self.output(made)
        return made.getvalue()


def register(filing: Filing, people: Sequence[Insured]) -> bytes:
    """企业养老保险人员参保登记名册 (manual 2, figure 3-3), A4 landscape."""
    paper = _Paper(filing, landscape=True)
    paper.heading("企业养老保险人员参保登记名册")
    head = ("序号", "姓名", "证件类型", "证件号码", "险种类型", "参保时间", "申报工资（元）")
    body = [
        (str(place), each.name, "居民身份证", each.id_number, "企业养老保险", _month(filing.moment), f"{each.wage:,}")
        for place, each in enumerate(people, 1)
    ]
    paper.rows((12, 30, 28, 52, 40, 30, 34), head, body)
    paper.ln(4)
    paper.set_font(_FONT, size=10.5)
    total = sum(each.wage for each in people)
    paper.cell(0, 8, f"合计：{len(people)} 人，申报工资 {total:,} 元", new_x="LMARGIN", new_y="NEXT")
    paper.signatures()
    return paper.done()


def person_form(filing: Filing, person: Insured) -> bytes:
    """社会保险参保人员登记表 of one person in flexible employment (manual 2, figure 3-6)."""
    paper = _Paper(filing)
    paper.heading("社会保险参保人员登记表")
    facts = (
        ("姓名", person.name),
        ("证件号码", person.id_number),
        ("参保身份", "灵活就业人员"),
        ("险种类型", "企业养老保险"),
        ("参保时间", _month(filing.moment)),
        ("缴费基数（元）", f"{person.wage:,}"),
    )
    paper.rows((40, 110), ("项目", "内容"), facts)
    paper.signatures()
    return paper.done()


def receipt(filing: Filing, title: str, uploaded: datetime) -> bytes:
    """回执: the centre confirms what it received, and puts its own seal on it."""
    paper = _Paper(filing)
    paper.heading("网上申报回执")
    facts = (
        ("材料名称", title),
        ("流水号", filing.serial),
        ("单位名称", filing.unit),
        ("收到时间", f"{beijing(uploaded):%Y-%m-%d %H:%M:%S}"),
        ("电子签章", "已验证，有效"),
        ("审批结果", "自动审批通过"),
    )
    paper.rows((40, 110), ("项目", "内容"), facts)
    paper.ln(22)
    paper.set_font(_FONT, size=11)
    paper.set_x(paper.w - 96)
    paper.cell(80, 8, CENTRE, new_x="LMARGIN", new_y="NEXT")
    paper.set_x(paper.w - 96)
    paper.cell(80, 8, f"{SEAL_KEYWORD}    {_day(uploaded)}")
    return paper.done()


def _day(moment: datetime) -> str:
    return f"{beijing(moment):%Y年%m月%d日}"


def _month(moment: datetime) -> str:
    return f"{beijing(moment):%Y-%m}"

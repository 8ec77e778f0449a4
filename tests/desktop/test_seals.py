"""我的签章 in a real window with real practice USBKEYs: each state is told, the picture has its true size."""

from __future__ import annotations

import subprocess
from asyncio import run_coroutine_threadsafe
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from hebca_helper.desktop.pages.seals import print as seal_print
from hebca_helper.desktop.pages.seals.picture import MM_PER_INCH, SealPicture
from hebca_helper.desktop.window import MainWindow
from tests.desktop.person import Person
from tests.desktop.test_window import OpenWindow, joined, page, window

__all__ = ["joined", "window"]
pytestmark = pytest.mark.desktop


def shown(opened: MainWindow, person: Person, *words: str) -> QWidget:
    """The page, once it says all of this."""
    seals = page(opened, person, "seals")
    person.wait(lambda: all(word in person.texts(seals) for word in words))
    return seals


def test_two_seals_at_true_size_with_every_point(joined: OpenWindow, person: Person) -> None:
    points = ("数据结构", "制章人签名", "制章人证书", "有效期", "签章人")
    facts = (
        "演练科技有限公司社保专用章",
        "演练科技有限公司电子公章",
        "13000000000001",
        "单位印章",
        "演练制章中心",
        "40×40 毫米",
    )
    seals = shown(joined("two-seals"), person, "检查通过", *points, *facts)
    pictures = seals.findChildren(SealPicture)
    assert len(pictures) == 2
    for picture in pictures:
        side = round(40 / MM_PER_INCH * picture.dots_per_inch)
        person.wait(lambda picture=picture: picture.width() == picture.height())  # type: ignore[misc]
        assert side <= picture.width() < side + 40, "a narrow margin around it"
        assert f"{picture.dots_per_inch:.0f} DPI" in person.texts(seals)
        ink = picture.grab().toImage()
        middle = ink.pixelColor(ink.width() // 2, ink.height() // 2)
        assert (middle.red() > 180, middle.green() < 60) == (True, True), "the star is red"
        assert picture.accessibleName()


@pytest.mark.parametrize(
    ("scenario", "words", "button"),
    [
        ("renewed", ("印章需更新", "印章列出的是延期前的旧证书"), "renewSealButton"),
        ("damaged-seal", ("检查未通过", "无效，印章被改动过或是伪造的"), None),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    joined: OpenWindow, person: Person, scenario: str, words: tuple[str, ...], button: str | None
) -> None:
    seals = shown(joined(scenario), person, *words)
    buttons = {each.objectName() for each in seals.findChildren(QPushButton) if each.isVisible()}
    assert (button in buttons) is (button is not None)
    assert ("printSealButton" in buttons) is (scenario != "damaged-seal")


def test_the_specimen_is_printed_at_its_size(joined: OpenWindow, person: Person, tmp_path: Path) -> None:
    opened = joined("fresh")
    seals = shown(opened, person, "检查通过")
    person.click(seals, "printSealButton")
    preview = person.window(QPrintPreviewDialog)
    QApplication.processEvents()
    printer = preview.printer()
    assert printer.pageLayout().pageSize().name().startswith("A4")
    preview.close()
    runtime = opened.runtime
    assert runtime is not None
    (seal,) = run_coroutine_threadsafe(runtime.assistant.seals.listed(runtime.connection), runtime.loop).result(60)
    sheet = QPrinter(QPrinter.PrinterMode.HighResolution)
    sheet.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    sheet.setOutputFileName(str(tmp_path / "specimen.pdf"))
    seal_print.prepare(sheet)
    seal_print.paint(seal, sheet)
    assert red_width_mm(tmp_path / "specimen.pdf") == pytest.approx(40, abs=0.3)


def red_width_mm(pdf: Path) -> float:
    """How wide the red on the first page is, by another reader's eyes (poppler)."""
    subprocess.run(["pdftoppm", "-r", "254", "-png", "-singlefile", pdf, pdf.with_suffix("")], check=True)
    image = QImage(str(pdf.with_suffix(".png")))

    def is_red(x: int, y: int) -> bool:
        color = QColor(image.pixel(x, y))
        return color.red() > 150 and color.green() < 90

    columns = [x for x in range(image.width()) if any(is_red(x, y) for y in range(0, image.height() // 2, 3))]
    return (columns[-1] - columns[0] + 1) / 10

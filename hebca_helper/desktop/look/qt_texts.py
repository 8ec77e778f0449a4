"""What Qt itself says, in file dialogs and the menus of input fields."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from hebca_helper.texts import language


def speak(application: QApplication) -> None:
    """In the language in use. Without Qt's catalogue for it, Qt goes on in English."""
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{language()}", folder):
        application.installTranslator(translator)

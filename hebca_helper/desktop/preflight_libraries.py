"""Before Qt is loaded: can a window be shown, and if not, what is missing? The check itself is that of 故障检测."""

from __future__ import annotations

from hebca_helper.checks.libraries import has_chinese_font, has_display, problem

__all__ = ["has_chinese_font", "has_display", "problem"]

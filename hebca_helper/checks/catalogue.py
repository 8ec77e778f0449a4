"""Every check, in the order in which a person reads the results."""

from __future__ import annotations

from hebca_helper.checks.driver_checks import DRIVER_CHECKS
from hebca_helper.checks.model import Check
from hebca_helper.checks.service_checks import SERVICE_CHECKS
from hebca_helper.checks.system_checks import SYSTEM_CHECKS
from hebca_helper.checks.token_checks import TOKEN_CHECKS

CHECKS: tuple[Check, ...] = (*TOKEN_CHECKS, *DRIVER_CHECKS, *SERVICE_CHECKS, *SYSTEM_CHECKS)

"""What people do that spans floors: write to staff, take their data with them, leave."""

from dashboards.operations.erasure import erase_account, reasons_to_stay
from dashboards.operations.export import export_data
from dashboards.operations.support import ask_staff

__all__ = ["ask_staff", "erase_account", "export_data", "reasons_to_stay"]

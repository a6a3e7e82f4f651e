from dashboards.views.health import healthz, metrics, readyz
from dashboards.views.home import dashboard, home
from dashboards.views.money import money, money_of
from dashboards.views.support import support

__all__ = ["dashboard", "healthz", "home", "metrics", "money", "money_of", "readyz", "support"]

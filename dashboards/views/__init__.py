from dashboards.views.health import healthz, metrics, readyz
from dashboards.views.home import dashboard, home
from dashboards.views.money import money, money_of
from dashboards.views.own_data import erase, own_data, own_data_download
from dashboards.views.robots import robots
from dashboards.views.support import support

__all__ = [
    "dashboard",
    "erase",
    "healthz",
    "home",
    "metrics",
    "money",
    "money_of",
    "own_data",
    "own_data_download",
    "readyz",
    "robots",
    "support",
]

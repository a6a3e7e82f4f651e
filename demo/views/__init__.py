from demo.views.clock import clock_page
from demo.views.mail import inbox, letter, letter_html
from demo.views.media import photo
from demo.views.people import people
from demo.views.standin import standin

__all__ = ["clock_page", "inbox", "letter", "letter_html", "people", "photo", "standin"]

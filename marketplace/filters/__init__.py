"""What lists of the marketplace can be narrowed down by: one filter set for page and API."""

from marketplace.filters.coaches import CoachFilter
from marketplace.filters.proposals import ProposalFilter
from marketplace.filters.requests import RequestFilter, WorkFilter
from marketplace.filters.skills import facets

__all__ = ["CoachFilter", "ProposalFilter", "RequestFilter", "WorkFilter", "facets"]

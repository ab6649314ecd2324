"""Tables of the job listings and the queries on them."""

from .action import Action
from .employer import Employer
from .job import Job, JobQuerySet, Reason, Remote, SalaryUnit, Status, Type
from .label import Label
from .mention import Mention
from .source import JobSource, SourceRun

__all__ = [
    "Action",
    "Employer",
    "Job",
    "JobQuerySet",
    "JobSource",
    "Label",
    "Mention",
    "Reason",
    "Remote",
    "SalaryUnit",
    "SourceRun",
    "Status",
    "Type",
]

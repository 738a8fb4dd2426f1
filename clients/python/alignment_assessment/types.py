"""The types of what is sent and answered, one for each schema of the contract."""

from alignment_assessment.generated.types import *

"""A class for each error code of the contract."""

from alignment_assessment.generated.codes import *

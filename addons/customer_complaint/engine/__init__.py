from . import complaint_clock, working_time

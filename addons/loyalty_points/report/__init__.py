from . import loyalty_points_statement

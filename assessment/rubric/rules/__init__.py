"""What must hold in studies and rubrics beyond their shape, one module per part of a rubric."""

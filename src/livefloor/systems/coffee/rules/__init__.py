"""What coffee decides, in plain Python: values in, values out; no clock, no database and no dice of its own."""

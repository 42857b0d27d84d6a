"""Wrong answers that every question on LeNet gets."""


def stopping(*_, **__):
    raise KeyError("s3_maps")


def nothing(*_, **__):
    """Do what a function without `return` does."""

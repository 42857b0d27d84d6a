"""What `published/` pins, measured on a net."""

from course_lib.depth import depth


def quantities(model, cost, receptive_field):
    """Return what a net has, by quantity.

    Args:
        model: the net.
        cost: the function of that name, of the package or of a copy with a fault.
        receptive_field: the same.
    """
    total, field = cost(model), receptive_field(model)
    return {
        "params": total.params,
        "trainable": total.trainable,
        "macs": total.macs,
        "field": (field.size, field.stride),
        "depth": depth(model),
        **{part.name: part.shape for part in total.stages() if part.name != "image"},
    }

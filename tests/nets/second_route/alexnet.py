"""AlexNet, from section 3.5 of Krizhevsky et al. 2012."""

from tests.nets.plain import conv, dense, plain, pool


def alexnet(groups):
    """A filter of convolutions 2, 4 and 5 reads 48, 192 and 192 maps where there are groups."""
    steps = [
        conv("stage1", 11, 96, stride=4, pad=0),
        pool("stage1", 3, 2),
        conv("stage2", 5, 256, groups=groups),
        pool("stage2", 3, 2),
        conv("stage3", 3, 384),
        conv("stage3", 3, 384, groups=groups),
        conv("stage3", 3, 256, groups=groups),
        pool("stage3", 3, 2),
        dense(4096),
        dense(4096),
        dense(1000),
    ]
    return plain(steps, 227)


ROUTES = {"alexnet": lambda: alexnet(1), "alexnet_grouped": lambda: alexnet(2)}

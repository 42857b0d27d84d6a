"""NiN, from the author's definitions: NIN/cifar-10_def, and his net for ImageNet."""

from tests.nets.plain import MEAN, conv, plain, pool


def imagenet():
    """Caffe counts the windows of a pooling up: 54 pixels give 27."""
    steps = [conv("stage1", 11, 96, stride=4, pad=0)]
    for stage, width in enumerate((96, 256, 384, 1024), start=1):
        name = f"stage{stage}"
        if stage > 1:
            steps.append(conv(name, 5 if stage == 2 else 3, width))
        if stage < 4:
            steps += [conv(name, 1, width), conv(name, 1, width), pool(name, 3, 2, ceil=True)]
    steps += [conv("stage4", 1, 1024), conv("head", 1, 1000), MEAN]
    return plain(steps, 224)


def cifar():
    steps = [
        conv("stage1", 5, 192),
        conv("stage1", 1, 160),
        conv("stage1", 1, 96),
        pool("stage1", 3, 2, ceil=True),
        conv("stage2", 5, 192),
        conv("stage2", 1, 192),
        conv("stage2", 1, 192),
        pool("stage2", 3, 2, ceil=True),
        conv("stage3", 3, 192),
        conv("stage3", 1, 192),
        conv("head", 1, 10),
        MEAN,
    ]
    return plain(steps, 32)


ROUTES = {"nin": imagenet, "nin_cifar": cifar}

"""VGG, from table 1 of Simonyan & Zisserman 2015, read column by column."""

from tests.nets.plain import conv, dense, plain, pool

# "3" and "1" are a conv3 and a conv1 of the row's width; M is maxpool
TABLE1 = {
    "vgg11": "3M 3M 33M 33M 33M",
    "vgg11_lrn": "3M 3M 33M 33M 33M",
    "vgg13": "33M 33M 33M 33M 33M",
    "vgg16_c": "33M 33M 331M 331M 331M",
    "vgg16": "33M 33M 333M 333M 333M",
    "vgg19": "33M 33M 3333M 3333M 3333M",
}


def vgg(column):
    steps = []
    for stage, row in enumerate(column.split()):
        width = min(64 * 2**stage, 512)
        for mark in row:
            name = f"stage{stage + 1}"
            steps.append(pool(name, 2, 2) if mark == "M" else conv(name, int(mark), width))
    return plain([*steps, dense(4096), dense(4096), dense(1000)], 224)


ROUTES = {net: lambda column=column: vgg(column) for net, column in TABLE1.items()}

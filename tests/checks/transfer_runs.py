"""The five training runs whose logs the exercises on transfer learning print.

    python -m tests.checks.transfer_runs

It takes minutes, so no test runs it: `test_transfer_diagnosis.py` reads the logs in the notebook.
A body with six batch normalizations learns five kinds of clothing of Fashion-MNIST, in halved
size; each run moves it to the other five, seen as negatives.  One run is sound, and each other
one has one fault.  Numbers differ a little between machines, their signs do not.
"""

import keras
import numpy as np
from keras import layers

from course_lib.data import fashion_mnist

CLASSES, EPOCHS, SEED = 5, 6, 3
TRAIN, VALIDATION, NEW = 200, 300, 1000  # pictures
COPIED, COPIES = 40, 12  # pictures, and copies of each, in the run with a leak
HEAD = "epoch   loss  accuracy  val_loss  val_accuracy  features"


def pictures(split, first, count):
    """Return `count` small images and labels of five classes, the first of which is `first`."""
    rows = np.flatnonzero((split.labels >= first) & (split.labels < first + CLASSES))[:count]
    images = split.images[rows].reshape(-1, 14, 2, 14, 2, 1).mean((2, 4))
    return (1 - images if first else images), split.labels[rows] - first


def moved(images, rng, far):
    """Return each image flipped or not, and shifted by up to `far` pixels."""
    flips = rng.random(len(images)) < 0.5
    flipped = np.where(flips[:, None, None, None], images[:, :, ::-1], images)
    return np.stack([np.roll(x, rng.integers(-far, far + 1, 2), (0, 1)) for x in flipped])


def trained_body(data):
    """Return a body that has learned the first five classes."""
    norms = []
    x = image = keras.Input((14, 14, 1))
    for filters, stride in ((16, 1), (16, 1), (32, 2), (32, 1), (32, 2), (32, 1)):
        x = layers.Conv2D(filters, 3, stride, "same", use_bias=False)(x)
        norms.append(layers.BatchNormalization(momentum=0.9))
        x = layers.ReLU()(norms[-1](x))
    body = keras.Model(image, layers.Flatten()(x))
    net = keras.Sequential([body, layers.Dense(CLASSES, activation="softmax")])
    compiled(net).fit(*pictures(data.train, 0, 4000), batch_size=64, epochs=3, verbose=0)
    for norm in norms:
        norm.momentum = 0.99  # the default; the short training above could not wait for it
    return body


def compiled(model, rate=3e-3):
    """Return the model, ready to be trained on probabilities."""
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def head(*more, dropout=0.0):
    """Return a fresh head for the features of the body; `more` layers follow it."""
    dense = layers.Dense(CLASSES, activation="softmax")
    return keras.Sequential([keras.Input((512,)), layers.Dropout(dropout), dense, *more])


def log(title, model, draw, validation, new, seen=lambda rows: rows.mean()):
    """Train a model on what `draw()` gives in each epoch, and print its log."""
    print(f"\n{title}\n{HEAD}")
    for epoch in range(1, EPOCHS + 1):
        rows, labels = draw()
        history = model.fit(rows, labels, batch_size=8, verbose=0).history
        loss, right = history["loss"][0], history["accuracy"][0]
        v_loss, v_right = model.evaluate(*validation, verbose=0)
        line = f"{epoch:5d}  {loss:5.3f}  {right:8.3f}  {v_loss:8.3f}  {v_right:12.3f}"
        print(f"{line}  {float(seen(rows[:1])):8.4f}")
    print(f"new pictures: {model.evaluate(*new, verbose=0)[1]:.3f}", flush=True)


def main():
    """Print the five logs."""
    keras.utils.set_random_seed(SEED)
    rng, data = np.random.default_rng(SEED), fashion_mnist()
    body = trained_body(data)

    def features(images):
        return keras.ops.convert_to_numpy(body(images, training=False))

    splits = ((data.train, TRAIN), (data.validation, VALIDATION), (data.test, NEW))
    train, validation, new = (pictures(split, 5, count) for split, count in splits)
    seen_validation, seen_new = ((features(x), y) for x, y in (validation, new))
    stored = features(train[0]), train[1]
    log("sound", compiled(head(dropout=0.5)), lambda: stored, seen_validation, seen_new)
    twice = compiled(head(layers.Softmax()))

    def fresh():  # three moved copies of each picture in each epoch
        return features(moved(np.tile(train[0], (3, 1, 1, 1)), rng, 1)), np.tile(train[1], 3)

    log("softmax twice", twice, fresh, seen_validation, seen_new)
    once = features(moved(train[0], rng, 2)), train[1]
    log("stored augmentation", compiled(head()), lambda: once, seen_validation, seen_new)
    copies = [moved(train[0][:COPIED], rng, 1) for _ in range(COPIES)]
    rows, labels = features(np.concatenate(copies)), np.tile(train[1][:COPIED], COPIES)
    order = rng.permutation(len(rows))
    a, b = order[:400], order[400:]
    leaky = compiled(head(), 1e-2)
    log("leak", leaky, lambda: (rows[a], labels[a]), (rows[b], labels[b]), seen_new)
    top = compiled(head())
    top.fit(*stored, batch_size=8, epochs=EPOCHS, verbose=0)
    net = compiled(keras.Sequential([body, top]))
    print("start", net.evaluate(*validation, verbose=0))
    title = "batch norm in training mode"
    log(title, net, lambda: train, validation, new, lambda images: features(images).mean())


if __name__ == "__main__":
    main()

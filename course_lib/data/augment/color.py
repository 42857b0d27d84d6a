"""Change the color of whole images: by a random shift, or along what varies most in a data set.

Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks",
NeurIPS 2012, section 4.1, for the second.
"""

from dataclasses import dataclass

import numpy as np

from course_lib.data.augment.augmentation import PerImage, check_images, check_range

CHUNK = 64  # images that are held in double precision at once
MEASURES = ("variance", "deviation")


@dataclass(frozen=True)
class ColorShift(PerImage):
    """Add a number to each channel of an image, the same for all its pixels.

    Results are cut to [0, 1].

    Args:
        strength: largest shift, up or down, of the range 0 to 1; drawn evenly for each channel.
    """

    strength: float

    def __post_init__(self):
        check_range("strength", self.strength, 0, 1)

    def draw(self, generator, shape):
        """Return (N, C), float32: what is added to each channel."""
        shifts = generator.uniform(-self.strength, self.strength, size=(shape[0], shape[3]))
        return (shifts.astype("float32"),)

    def apply(self, images: np.ndarray, shifts: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), shifted and cut to [0, 1]."""
        return _shifted(images, shifts)


@dataclass(frozen=True, eq=False)
class PCAColor(PerImage):
    """Shift colors along the principal components of the colors of a training set.

    Krizhevsky 2012, section 4.1.  The components are those of the pixels of the whole training
    set, not of the image.  Once for each image, a number alpha is drawn for each component, normal
    with mean 0 and standard deviation `sd`; `components @ (alpha * scales)` is added to every
    pixel.  Results are cut to [0, 1].  `PCAColor.fit` measures components and scales.

    Args:
        components: (C, C), the eigenvectors of the covariance, as columns.
        scales: (C,), by which each alpha is multiplied.
        sd: standard deviation of alpha; 0.1 in the paper.
    """

    components: np.ndarray
    scales: np.ndarray
    sd: float = 0.1

    def __post_init__(self):
        check_range("sd", self.sd, 0)
        channels = len(self.scales)
        if np.shape(self.components) != (channels, channels) or np.min(self.scales) < 0:
            raise ValueError(
                f"components must be ({channels}, {channels}) for {channels} scales of at least 0, "
                f"got the shape {np.shape(self.components)} and scales {tuple(self.scales)}"
            )

    @classmethod
    def fit(cls, images: np.ndarray, sd: float = 0.1, measure: str = "variance") -> "PCAColor":
        """Measure the colors of a training set.

        The paper multiplies alpha by the eigenvalue, a variance, whose unit is that of the pixels
        squared, and does not name the range of its pixels.  With pixels of 0 to 255 the eigenvalue
        is 65,025 times that for [0, 1], but a shift of the same effect only 255 times: the rule
        means something else on each range.  On photographs the first component's shift would be
        hundreds of grey levels in the one reading, a few in the other.  Here it is taken for
        pixels in [0, 1].  The standard deviation, the eigenvalue's root, depends on no range.

        Args:
            images: (N, H, W, C), float32 in [0, 1]: the whole training set, or a sample of it.
            sd: standard deviation of alpha.
            measure: what scales alpha: "variance", the eigenvalue for pixels in [0, 1], as written
                in the paper, or "deviation", its root, a stronger change.

        Returns:
            The augmentation, its components ordered from the largest scale to the smallest.

        Raises:
            ValueError: these are no images, or `measure` is unknown.
        """
        check_images(images)
        if measure not in MEASURES:
            raise ValueError(f"measure must be one of {MEASURES}, got {measure!r}")
        channels = images.shape[-1]
        total, products = np.zeros(channels), np.zeros((channels, channels))
        for start in range(0, len(images), CHUNK):
            chunk = images[start : start + CHUNK]
            pixels: np.ndarray = chunk.reshape(-1, channels).astype("float64")
            total += pixels.sum(axis=0)
            products += pixels.T @ pixels
        mean = total / (images.size / channels)
        covariance = products / (images.size / channels) - np.outer(mean, mean)
        values, vectors = np.linalg.eigh(covariance)
        values = np.maximum(values[::-1], 0.0)  # rounding may leave a zero a little below 0
        return cls(vectors[:, ::-1], values if measure == "variance" else np.sqrt(values), sd)

    def draw(self, generator, shape):
        """Return (N, C): the alphas, one for each component.

        Raises:
            ValueError: the images have another number of channels than the components.
        """
        if shape[3] != len(self.scales):
            raise ValueError(
                f"images must have the {len(self.scales)} channels of the components, "
                f"got {shape[3]}"
            )
        return (generator.normal(0.0, self.sd, size=(shape[0], shape[3])),)

    def apply(self, images: np.ndarray, alphas: np.ndarray) -> np.ndarray:
        """Return the images, (N, H, W, C), shifted and cut to [0, 1]."""
        return _shifted(images, (alphas * self.scales) @ self.components.T)


def _shifted(images: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    height, width, channels = images.shape[1:]
    result = np.empty_like(images)
    rows = images.reshape(-1, height, width * channels)
    # A row of the image at once: NumPy is slow where the innermost axis has three entries.
    for image, shift, target in zip(rows, shifts, result.reshape(rows.shape), strict=True):
        np.add(image, np.tile(np.asarray(shift, "float32"), width), out=target)
        np.clip(target, 0.0, 1.0, out=target)
    return result

"""Which wall stands around submissions: bubblewrap, or the container that the course runs in."""

from instructor import bubblewrap, container
from instructor.sandbox import Unavailable, Wall

NOWHERE = (
    "{reason}, and this is no container. Grade on Linux with bubblewrap, or in the course's image "
    "(instructor/Containerfile), which runs on Linux, macOS and Windows"
)


def choose() -> Wall:
    """Return the wall to grade behind: bubblewrap wherever it can run.

    Raises:
        Unavailable: there is none; the message says what to do.  Nothing runs unprotected.
    """
    reason = bubblewrap.refusal()
    if not reason:
        return bubblewrap.Bubblewrap()
    if not container.inside():
        raise Unavailable(NOWHERE.format(reason=reason))
    try:
        return container.Container()
    except Unavailable as error:
        raise Unavailable(f"{error}\n({reason})") from error

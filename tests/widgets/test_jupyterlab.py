"""Labs in a real JupyterLab: they draw, obey the keyboard, and Python reads what was chosen."""

import nbformat
import pytest

from tests.widgets import notebook_server

pytestmark = pytest.mark.weekly
NAME = "labs.ipynb"
CELLS = (
    "from course_lib import widgets as labs\n\nkernel = labs.conv(size=32)\nstage = labs.stage()",
    "kernel",
    "stage",
    "print('stride', kernel.widget.stride, 'and', stage.widget.blocks, 'blocks')",
)
PATIENCE = 120_000  # milliseconds
OPENED = "name => window.jupyterapp?.shell?.currentWidget?.context?.path === name"
RUN_ALL = """async () => {
    const { shell, commands } = window.jupyterapp;
    await shell.currentWidget.context.ready;
    await shell.currentWidget.sessionContext.ready;
    await commands.execute("notebook:run-all-cells");
}"""
COLORS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / NAME)
    return folder


@pytest.fixture(scope="module")
def page(browser, notebooks, tmp_path_factory):
    """The notebook after all its cells ran once; what goes wrong in the browser fails the tests."""
    with notebook_server.serve(notebooks, tmp_path_factory.mktemp("home")) as (address, token):
        page = browser.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(PATIENCE)
        outside, errors = [], []
        own = (address, address.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(own) or outside.append(r.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/lab/tree/{NAME}?token={token}")
        page.wait_for_function(OPENED, arg=NAME)
        page.evaluate(RUN_ALL)
        page.get_by_role("group", name="Lab:").nth(1).wait_for()
        yield page
        page.close()
    assert (outside, errors) == ([], [])


@pytest.fixture(scope="module")
def conv(page):
    return page.get_by_role("group", name="Lab: a kernel moves over a picture")


@pytest.fixture(scope="module")
def stage(page):
    return page.get_by_role("group", name="Lab: build a stage of residual blocks")


def told(page):
    """Run the last cell with the keyboard; return what it prints."""
    cell = page.locator(".jp-CodeCell").last
    number = cell.locator(".jp-InputPrompt").inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        """before => {
            const now = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].at(-1);
            return /\\d/.test(now.innerText) && now.innerText !== before;
        }""",
        arg=number,
    )
    return cell.locator(".jp-OutputArea-output").inner_text().strip()


def test_a_lab_draws(conv, stage):
    assert conv.locator("canvas").first.evaluate(COLORS) > 1
    assert stage.locator("table tbody tr").count() > 3
    assert conv.locator("figure").count() == 0  # the static figure is for where no kernel runs


def test_python_sees_what_it_began_with(page):
    assert told(page) == "stride 1 and 4 blocks"


def test_a_lab_obeys_the_keyboard(conv):
    said = conv.locator("[role=status]")
    assert said.inner_text().startswith("Output row 15, column 15")
    conv.locator("canvas").first.focus()
    for key in ("ArrowDown", "ArrowRight"):  # the first must not lead to the next cell
        conv.page.keyboard.press(key)
    assert said.inner_text().startswith("Output row 16, column 16")


def test_what_a_reader_chooses_reaches_python(page, conv, stage):
    conv.get_by_label("Stride", exact=True).press("ArrowDown")
    stage.get_by_label("Blocks", exact=True).press("ArrowUp")
    assert "the output has 14 \u00d7 14 numbers" in conv.locator(".lab-note").inner_text()
    assert "Blocks 2 to 5, each" in stage.locator("table").inner_text()
    assert told(page) == "stride 2 and 5 blocks"

"""What a lab hands to a notebook: HTML with a static figure, or a widget where a kernel runs."""

import json
import subprocess
import sys
from html.parser import HTMLParser

import nbformat
import pytest
from nbclient import NotebookClient

from course_lib.widgets.lab import WIDGET_VIEW, Lab, module, names, style


class Hosts(HTMLParser):
    """Collects the attributes of lab hosts."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "div" and attributes.get("class") == "lab-host":
            self.found.append(attributes)


def test_html_carries_the_settings_whatever_they_hold():
    settings = {"text": """it's "<b>" & more""", "list": [1, 2.5]}
    (host,) = Hosts(Lab("conv", settings, lambda: "<figure></figure>").html()).found
    assert host["data-lab"] == "conv"
    assert json.loads(host["data-props"]) == settings


def test_without_a_kernel_only_the_figure_is_shown():
    bundle = Lab("conv", {}, lambda: "<figure>still</figure>")._repr_mimebundle_()
    assert list(bundle) == ["text/html"]
    assert "<figure>still</figure>" in bundle["text/html"]


def test_widget_has_the_settings_as_traits():
    widget = Lab("stage", {"width": 64, "kind": "basic"}, lambda: "").widget
    assert (widget.width, widget.kind) == (64, "basic")
    assert "export default" in widget._esm
    assert {"width", "kind", "_esm", "_css"} <= set(widget.keys)


@pytest.mark.parametrize("colab", [False, True])
def test_in_a_kernel_the_widget_is_shown(colab):
    cells = [
        "import sys, types; sys.modules['google.colab'] = types.ModuleType('colab')",
        "from course_lib import widgets as labs\nlabs.conv(size=32)",
    ]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells[0 if colab else 1 :]]
    notebook.cells[0].source = "%config Application.log_level = 40\n" + notebook.cells[0].source
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[-1].outputs
    assert set(output.data[WIDGET_VIEW]) == {"version_major", "version_minor", "model_id"}
    assert ("text/html" in output.data) is not colab


def test_importing_labs_loads_no_widget_library():
    code = (
        "import sys; from course_lib import widgets\n"
        "print({'anywidget', 'ipywidgets', 'keras', 'IPython'} & set(sys.modules) or 'nothing')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "nothing"


def test_modules_import_nothing_and_name_no_address():
    assert {"conv", "stage"} <= set(names())
    for name in names():
        source = module(name)
        assert "import " not in source.replace("important ", "")
        assert "http" not in source
        assert "export default { render }" in source


def test_a_module_without_the_kit_is_refused(tmp_path):
    (tmp_path / "kit.js").write_text("export const a = 1;\n")
    (tmp_path / "toy.js").write_text("export default { render };\n")
    with pytest.raises(ValueError, match=r"toy\.js: expected one line"):
        module("toy", tmp_path)
    (tmp_path / "toy.js").write_text('import { a as c } from "./kit.js";\nconst b = c;\n')
    with pytest.raises(ValueError, match="without `as`"):
        module("toy", tmp_path)
    (tmp_path / "toy.js").write_text('import { a } from "./kit.js";\nconst b = a;\n')
    assert module("toy", tmp_path) == "const a = 1;\nconst b = a;\n"


def test_a_style_sheet_begins_with_what_all_share():
    assert style("conv").startswith(style("no such lab"))
    assert ".conv-products" in style("conv")
    assert ".conv-products" not in style("stage")

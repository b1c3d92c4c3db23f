"""The notebook of the examples runs from top to bottom, and is kept without what it printed."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[4] / "examples" / "report.ipynb"


def test_the_notebook_runs(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    kinds = {kind for cell in code for output in cell.outputs for kind in output.get("data", ())}
    assert "image/svg+xml" in kinds
    assert "report.html" in code[-1].outputs[-1].data["text/plain"]
    assert "Agreement: alpha, ordinal" in code[2].outputs[0].text

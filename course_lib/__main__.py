"""The command line: `python -m course_lib cost resnet50`, `run lenet`, `preflight FILE.ipynb`."""

import argparse
import sys
from dataclasses import replace


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m course_lib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_cost(commands)
    _add_run(commands, asked=given[:1] == ["run"])
    _add_preflight(commands)
    options = parser.parse_args(given)
    return options.run(options)


def _add_cost(commands) -> None:
    parser = commands.add_parser("cost", help="print weights, MACs and memory of nets")
    parser.add_argument("net", nargs="+", help="keys of course_lib.nets.NETS, such as resnet50")
    parser.add_argument("--input", type=int, metavar="N", help="side of the image in pixels")
    parser.add_argument("--layers", action="store_true", help="one row a layer, not a stage")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_cost)


def _add_run(commands, *, asked: bool) -> None:
    parser = commands.add_parser("run", help="run an experiment and store its result")
    if asked:  # its arguments are the experiments, which take seconds to import
        from course_lib.experiments import command

        command.add_arguments(parser)
        parser.set_defaults(run=command.main)


def _add_preflight(commands) -> None:
    from course_lib import preflight

    text = "try a downloaded exercise notebook as a grader will, before you hand it in"
    preflight.add_arguments(commands.add_parser("preflight", help=text, description=text))


def _cost(options) -> int:
    from course_lib.compare import compare
    from course_lib.cost import cost
    from course_lib.nets import NETS

    unknown = [name for name in options.net if name not in NETS]
    if unknown:
        print(f"no net {unknown[0]!r}; the nets are {', '.join(NETS)}", file=sys.stderr)
        return 2
    try:
        models = {name: _without_values(NETS[name], options.input) for name in options.net}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if len(models) > 1:
        table = compare(models)
        print(table.to_json() if options.json else table)
        return 0
    ((name, model),) = models.items()
    result = replace(cost(model), name=name)
    by = "layer" if options.layers else "stage"
    print(result.to_json() if options.json else result.report(by))
    return 0


def _without_values(builder, side: int | None):
    """Build a net to count it, for images of `side` pixels where that is given."""
    from course_lib.nets import without_values

    with without_values():
        model = builder()
        if side is None:
            return model
        return builder(input_shape=(side, side, model.input_shape[-1]))


if __name__ == "__main__":
    sys.exit(main())

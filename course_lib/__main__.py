"""The command line: `python -m course_lib cost resnet50`, `python -m course_lib run lenet`."""

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m course_lib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_cost(commands)
    _add_run(commands)
    options = parser.parse_args(arguments)
    return options.run(options)


def _add_cost(commands) -> None:
    parser = commands.add_parser("cost", help="print weights, MACs and activations of a net")
    parser.add_argument("net", help="a key of course_lib.nets.NETS, such as resnet50")
    parser.add_argument("--input", type=int, metavar="N", help="side of the image in pixels")
    parser.add_argument("--json", action="store_true", help="print every layer as JSON")
    parser.set_defaults(run=_cost)


def _add_run(commands) -> None:
    from course_lib.experiments import command

    parser = commands.add_parser("run", help="run an experiment and store its result")
    command.add_arguments(parser)
    parser.set_defaults(run=command.main)


def _cost(options) -> int:
    from course_lib.cost import cost
    from course_lib.nets import NETS, without_values

    if options.net not in NETS:
        print(f"no net {options.net!r}; the nets are {', '.join(NETS)}", file=sys.stderr)
        return 2
    try:
        with without_values():
            model = NETS[options.net]()
            if options.input is not None:
                side = options.input
                model = NETS[options.net](input_shape=(side, side, model.input_shape[-1]))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    result = cost(model)
    print(result.to_json() if options.json else result)
    return 0


if __name__ == "__main__":
    sys.exit(main())

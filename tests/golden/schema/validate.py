#!/usr/bin/env python3
"""validate.py SCHEMA [FILE...] [--lines INPUT] [-- COMMAND [ARG...]]: whether JSON reports, those in the files
and what the command prints, are as the schema says. With --lines the command prints one on each line, and
reads the file INPUT. More strictly than the schema: a field that it does not know is wrong here,
since it would be documented nowhere."""
import json
import subprocess
import sys

import jsonschema


def closed(schema):
    """The same schema, in which objects have no other fields than those named."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result["additionalProperties"] = False
    return result


def main(arguments):
    command = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, command = arguments[:at], arguments[at + 1:]
    lines = None
    if "--lines" in arguments:
        at = arguments.index("--lines")
        lines = arguments[at + 1]
        del arguments[at:at + 2]
    with open(arguments[0], encoding="utf-8") as file:
        schema = closed(json.load(file))
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    reports = {}
    for name in arguments[1:]:
        with open(name, encoding="utf-8") as file:
            reports[name] = json.load(file)
    if command and lines is not None:
        with open(lines, "rb") as file:
            ended = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, check=False)
        for number, line in enumerate(ended.stdout.splitlines(), 1):
            reports[f"line {number}"] = json.loads(line)
    elif command:
        ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        reports[" ".join(command)] = json.loads(ended.stdout)
    wrong = 0
    for name, report in reports.items():
        for error in validator.iter_errors(report):
            wrong += 1
            path = "/".join(str(part) for part in error.absolute_path)
            print(f"{name}: {path}: {error.message[:200]}")
    print(f"{len(reports)} reports, {wrong} differences")
    return 0 if reports and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

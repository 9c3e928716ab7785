"""Asks one solver one question. The certificate's program starts this; nothing else of the project needs Python.

    solve.py versions          the solvers that are here, as JSON: {"cvc5": "1.4.2", "z3": "5.4.1"}
    solve.py METHOD SECONDS    METHOD is z3, cvc5-split or cvc5-gb; the question is on stdin, as SMT-LIB text (QF_FF)

The answer is one line of JSON: {"answer": "sat", "values": {"x1": "5"}}, {"answer": "unsat"}, or
{"answer": "unknown", "why": "timeout"}. The text is read by the solver's own parser. It must declare each constant
with declare-fun, one a line. Needs `pip install cvc5-gpl z3-solver`: cvc5 with the library CoCoA, and z3 from 5.3 on.
"""

import json
import re
import sys

# A solver that takes more is ended, and the machine goes on.
MEMORY = 4 << 30


def limited():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def versions():
    found = {}
    try:
        import cvc5

        version = cvc5.Solver(cvc5.TermManager()).getVersion()
        found["cvc5"] = (version.decode() if isinstance(version, bytes) else version).split("-")[0]
    except ImportError:
        pass
    try:
        import z3

        found["z3"] = z3.get_version_string()
    except ImportError:
        pass
    return found


def with_z3(text, names, seconds):
    import z3

    solver = z3.SolverFor("QF_FF")
    solver.set("timeout", 1000 * seconds)
    solver.from_string(text)
    result = solver.check()
    if result == z3.unsat:
        return {"answer": "unsat"}
    if result != z3.sat:
        return {"answer": "unknown", "why": solver.reason_unknown()}
    model = solver.model()
    constants = {one.name(): one() for one in model.decls()}
    # A constant that the model leaves out may have any value.
    values = {name: str(model.eval(constants[name]).as_long()) if name in constants else "0" for name in names}
    return {"answer": "sat", "values": values}


def with_cvc5(text, names, seconds, method):
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("ff-solver", method)
    solver.setOption("tlimit-per", str(1000 * seconds))
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(solver, symbols)
        if said.strip():
            raise ValueError(said.strip())
    result = solver.checkSat()
    if result.isUnsat():
        return {"answer": "unsat"}
    if not result.isSat():
        return {"answer": "unknown", "why": str(result)}
    constants = {str(one): one for one in symbols.getDeclaredTerms()}
    return {
        "answer": "sat",
        "values": {name: str(solver.getValue(constants[name]).getFiniteFieldValue()) for name in names},
    }


def main(method, seconds):
    text = sys.stdin.read()
    names = re.findall(r"^\(declare-fun (\w+) ", text, re.MULTILINE)
    try:
        if method == "z3":
            return with_z3(text, names, seconds)
        return with_cvc5(text, names, seconds, method.removeprefix("cvc5-"))
    except Exception as error:  # What went wrong is the answer: another solver may know more.
        return {"answer": "unknown", "why": f"{type(error).__name__}: {error}"[:500]}


limited()
print(json.dumps(versions() if sys.argv[1:] == ["versions"] else main(sys.argv[1], int(sys.argv[2]))))

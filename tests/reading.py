"""Which fields of which classes a program reads, by what its annotations say: a reader of source, for tests that nothing is idle.

An expression's type is the set of all classes that its annotation names, containers left out: of a Mapping[str, Target] its values,
items, loops and subscripts are Target. That is coarse and errs towards 'is read'; it tells settings.snmp.port from spec.port.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Types = frozenset[str]
Read = tuple[str, str]
"""A class and one of its attributes."""
NONE: Types = frozenset()
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Program:
    """What is declared in all files. members: class → attribute, method or property → its type; bases: class → those it extends."""

    members: dict[str, dict[str, Types]] = field(default_factory=lambda: defaultdict(dict))
    bases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    functions: dict[str, Types] = field(default_factory=lambda: defaultdict(lambda: NONE))
    aliases: dict[str, ast.expr] = field(default_factory=dict)

    def declare(self, tree: ast.Module) -> None:
        """Take up the classes, functions and aliases of a module, of annotations their names."""
        for each in tree.body:
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                self.aliases[each.targets[0].id] = each.value
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self._declare_class(node)
            elif isinstance(node, _Function):
                self.functions[node.name] = self.functions[node.name] | self.named(node.returns)

    def _declare_class(self, node: ast.ClassDef) -> None:
        known = self.members[node.name]
        self.bases[node.name] |= {base.id for base in node.bases if isinstance(base, ast.Name)}
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                known[each.target.id] = known.get(each.target.id, NONE) | self.named(each.annotation)
            elif isinstance(each, _Function):
                known[each.name] = known.get(each.name, NONE) | self.named(each.returns)

    def named(self, annotation: ast.expr | None, depth: int = 0) -> Types:
        """Return the names in an annotation, those of a module's own aliases resolved."""
        if annotation is None or depth > 3:
            return NONE
        found: set[str] = set()
        for node in ast.walk(annotation):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                name = node.value
            if name and name not in found:
                found.add(name)
                found |= self.named(self.aliases[name], depth + 1) if name in self.aliases else NONE
        return frozenset(found)

    def member(self, types: Types, name: str) -> Types:
        """Return the type of an attribute of any of these classes or what they extend."""
        found, todo, seen = NONE, list(types), set[str]()
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                found |= self.members[each].get(name, NONE) if each in self.members else NONE
                todo += self.bases.get(each, ())
        return found

    def fields_of(self, types: Types) -> Types:
        """Return the types of all their attributes: what `getattr` by a name that is computed may give."""
        return frozenset().union(*(each for name in types if name in self.members for each in self.members[name].values()))


class Reader(ast.NodeVisitor):
    """Notes what one module reads. reads: (class, attribute) → in which (class, function) that is, ('', '') in none."""

    def __init__(self, program: Program) -> None:
        self.reads: dict[Read, set[Read]] = defaultdict(set)
        self._program = program
        self._scopes: list[dict[str, Types]] = [{}]
        self._class = ""
        self._function = ""

    def visit(self, node: ast.AST) -> None:
        """Read a node and what is in it."""
        match node:
            case ast.ClassDef():
                self._visit_class(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._visit_function(node)
            case ast.Assign():
                self._visit_assignment(node)
            case ast.AnnAssign():
                self._visit_declaration(node)
            case ast.NamedExpr():
                self._visit_walrus(node)
            case ast.For() | ast.AsyncFor():
                self._visit_loop(node)
            case ast.With() | ast.AsyncWith():
                self._visit_with(node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._visit_comprehension(node)
            case ast.Attribute():
                self._visit_attribute(node)
            case ast.MatchClass():
                self._visit_pattern(node)
            case ast.Call():
                self._visit_call(node)
            case _:
                self.generic_visit(node)

    def _visit_class(self, node: ast.ClassDef) -> None:
        outer, self._class = self._class, node.name
        # __init__ says what self's attributes are; others may come before it in no order that matters.
        for each in sorted(node.body, key=lambda each: not (isinstance(each, _Function) and each.name == "__init__")):
            self.visit(each)
        self._class = outer

    def _visit_function(self, node: _Function) -> None:
        outer = self._function
        self._function = self._function or node.name
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        scope = {each.arg: self._program.named(each.annotation) for each in arguments}
        if self._class and arguments and arguments[0].arg in ("self", "cls"):
            scope[arguments[0].arg] = frozenset((self._class,))
        self._scopes.append(scope)
        for _ in range(2):  # what is assigned below is used above in loops
            for each in node.body:
                self.visit(each)
        self._scopes.pop()
        self._function = outer

    def _visit_assignment(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, node.value)

    def _visit_declaration(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self._bind_to(node.target, self._program.named(node.annotation))

    def _visit_walrus(self, node: ast.NamedExpr) -> None:
        self.generic_visit(node)
        self._bind_to(node.target, self.infer(node.value))

    def _visit_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self._bind_to(node.target, self.infer(node.iter))
        self.generic_visit(node)

    def _visit_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind_to(item.optional_vars, self.infer(item.context_expr))
        self.generic_visit(node)

    def _visit_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for each in node.generators:
            self._bind_to(each.target, self.infer(each.iter))
        self.generic_visit(node)

    def _visit_attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            self._note(self.infer(node.value), node.attr)

    def _visit_pattern(self, node: ast.MatchClass) -> None:
        self.generic_visit(node)
        if isinstance(node.cls, ast.Name):
            for attribute, pattern in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
                self._note(frozenset((node.cls.id,)), attribute)
                if isinstance(pattern, ast.MatchAs) and pattern.name:
                    self._scopes[-1][pattern.name] = self._program.member(frozenset((node.cls.id,)), attribute)

    def _visit_call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("getattr", "attrgetter") and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                self._note(self.infer(node.args[0]), name.value)

    def _note(self, types: Types, attribute: str) -> None:
        for each in types:
            self.reads[each, attribute].add((self._class, self._function))

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for each, of in zip(target.elts, value.elts, strict=True):
                self._bind(each, of)
        else:
            self._bind_to(target, self.infer(value))

    def _bind_to(self, target: ast.expr, types: Types) -> None:
        if isinstance(target, ast.Name):
            self._scopes[-1][target.id] = self._scopes[-1].get(target.id, NONE) | types
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each in target.elts:
                self._bind_to(each, types)
        elif isinstance(target, ast.Starred):
            self._bind_to(target.value, types)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            known = self._program.members[self._class]
            known[target.attr] = known.get(target.attr, NONE) | types

    def infer(self, node: ast.expr | None) -> Types:
        """Return the classes that an expression may be of, or hold."""
        if isinstance(node, ast.Name):
            return next((scope[node.id] for scope in reversed(self._scopes) if node.id in scope), NONE)
        if isinstance(node, ast.Attribute):
            types = self.infer(node.value)
            return self._program.member(types, node.attr)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
            if isinstance(node, ast.IfExp):
                parts = [node.body, node.orelse]
            elif isinstance(node, ast.Subscript):
                parts = [node.value]
            elif isinstance(node, ast.DictComp):
                parts = [node.key, node.value]
            return frozenset().union(*map(self.infer, parts))
        return NONE

    def _of_call(self, node: ast.Call) -> Types:
        given = frozenset[str]().union(*(self.infer(each.value if isinstance(each, ast.Starred) else each) for each in node.args))
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if name == "getattr":
                return self._program.fields_of(self.infer(node.args[0]))
            if name in self._program.members:
                return frozenset((name,))
            found = self._program.functions.get(name)
            return given if found is None else found
        if isinstance(node.func, ast.Attribute):
            types = self.infer(node.func.value)
            return self._program.member(types, node.func.attr) or types | given
        return NONE


def reads_of(paths: Iterable[Path], *, of: Iterable[Path]) -> dict[Read, set[tuple[Path, str, str]]]:
    """Return (class, attribute) → where it is read: file, class, function. paths: all that declare; of: those that read."""
    program, trees = Program(), {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    for _ in range(2):  # aliases of later modules
        for tree in trees.values():
            program.declare(tree)
    found: dict[Read, set[tuple[Path, str, str]]] = defaultdict(set)
    for turn in range(2):  # what __init__ of a later module says of self
        for path in of:
            reader = Reader(program)
            reader.visit(trees[path])
            for read, places in reader.reads.items() if turn else ():
                found[read] |= {(path, *place) for place in places}
    return found


def classes_in(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the dataclasses of a module, each with its fields."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.dump(each) for each in node.decorator_list):
            fields = (each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
            yield node.name, tuple(fields)

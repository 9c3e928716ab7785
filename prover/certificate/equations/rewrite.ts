/**
 * Rewrites TypeScript so that its operators and tests are calls: `a + b` becomes `$rt.op("+", a, b, site)`. The machine
 * then runs on values that stand for many.
 */
import { stripTypeScriptTypes } from "node:module";
import { parseSync } from "vite";

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A module as the body of a function, and what it declares. */
export interface Rewritten {
  readonly code: string;
  readonly names: readonly string[];
  readonly imports: readonly string[];
}

/** Calls of these methods take a test. */
const PREDICATES = new Set(["filter", "some", "every", "find"]);
/** Calls of these methods may test something: they are told where they stand. */
const SITED = new Set(["has", "asUintN"]);
/** Errors whose messages are left out: to write a message, a value would have to be known. */
const ERRORS = new Set(["RefusedError", "InvalidInputError"]);

/**
 * Functions that only return or throw: they write to no cell, and change nothing of what the group carries. What they
 * decide is kept together.
 */
const PARTS = new Set(["requireApproved", "requireCapability", "requireInTime", "narrowed", "conditionHolds"]);

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) found.push(...value.filter(isNode));
  }
  return found.sort((a, b) => a.start - b.start);
}

class Rewriting {
  readonly #text: string;
  readonly #file: string;
  readonly names: string[] = [];
  readonly imports: string[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** The node's source, with its parts rewritten. */
  plain(node: Node): string {
    let text = "";
    let at = node.start;
    for (const child of childrenOf(node)) {
      // A shorthand property has its name twice, in one place.
      if (child.start < at) continue;
      text += this.#text.slice(at, child.start) + this.of(child);
      at = child.end;
    }
    return text + this.#text.slice(at, node.end);
  }

  /** The node, rewritten. */
  of(node: Node): string {
    if (node.type.startsWith("TS") && !WRAPPERS.has(node.type)) return this.#text.slice(node.start, node.end);
    return this.#statement(node) ?? this.#expression(node) ?? this.plain(node);
  }

  /** File and line of a node, as an argument. */
  #site(node: Node): string {
    return JSON.stringify(`${this.#file}:${this.#text.slice(0, node.start).split("\n").length}`);
  }

  #part(node: Node, key: string): string {
    return this.of(node[key] as Node);
  }

  #truth(test: unknown): string {
    return `$rt.truth(${this.of(test as Node)}, ${this.#site(test as Node)})`;
  }

  /** The statement with its test as a call. */
  #tested(node: Node, key: string): string {
    const test = node[key] as Node;
    const before: Node = { ...node, end: test.start, [key]: undefined, ...NO_BODY };
    const after: Node = { ...node, start: test.end, [key]: undefined };
    return `${this.plain(before)}${this.#truth(test)}${this.plain(after)}`;
  }

  #statement(node: Node): string | undefined {
    switch (node.type) {
      case "ImportDeclaration":
        return this.#import(node);
      case "ExportNamedDeclaration":
        return isNode(node.declaration) ? this.of(node.declaration) : "";
      case "IfStatement":
      case "WhileStatement":
        return this.#tested(node, "test");
      case "FunctionDeclaration":
        return this.#function(node);
      case "SwitchStatement":
        return this.#switch(node);
      case "ThrowStatement":
        return `throw $rt.thrown(${this.#part(node, "argument")}, ${this.#site(node)});`;
      case "PrivateIdentifier":
        return `_${String(node.name)}`;
      default:
        return undefined;
    }
  }

  #function(node: Node): string | undefined {
    const id = node.id as Node;
    const name = id.name as string;
    if (!PARTS.has(name)) return undefined;
    const whole = this.plain({ ...node, start: id.end, id: undefined });
    return `function ${name}(...given) { return $rt.part(() => ${name}$whole(...given)); } function ${name}$whole${whole}`;
  }

  #import(node: Node): string {
    if (node.importKind === "type") return "";
    const path = (node.source as Node).value as string;
    const names = (node.specifiers as Node[])
      .filter((one) => one.importKind !== "type")
      .map((one) => [(one.imported as Node).name, (one.local as Node).name] as const);
    if (names.length === 0) return "";
    this.imports.push(path);
    const bound = names.map(([name, local]) => (name === local ? name : `${String(name)}: ${String(local)}`));
    return `const { ${bound.join(", ")} } = $import(${JSON.stringify(path)});`;
  }

  #switch(node: Node): string {
    const subject = node.discriminant as Node;
    const cases = (node.cases as Node[]).map((one) => one.test).filter(isNode);
    const wanted = cases.map((one) => this.of(one)).join(", ");
    const choice = `$rt.choose(${this.of(subject)}, [${wanted}], ${this.#site(subject)})`;
    const rest = this.plain({ ...node, start: subject.end, discriminant: undefined });
    return `switch (${choice}${rest}`;
  }

  #expression(node: Node): string | undefined {
    switch (node.type) {
      case "BinaryExpression":
        return `$rt.op("${String(node.operator)}", ${this.#part(node, "left")}, ${this.#part(node, "right")}, ${this.#site(node)})`;
      case "LogicalExpression":
        return this.#logical(node);
      case "UnaryExpression":
        return this.#unary(node);
      case "ConditionalExpression":
        return this.#conditional(node);
      case "AssignmentExpression":
        return this.#assignment(node);
      case "NewExpression":
        return this.#new(node);
      case "CallExpression":
        return this.#call(node);
      case "MemberExpression":
        return this.#member(node);
      default:
        return undefined;
    }
  }

  #logical(node: Node): string | undefined {
    if (node.operator === "??") return undefined;
    const name = node.operator === "&&" ? "and" : "or";
    return `$rt.${name}(${this.#part(node, "left")}, () => (${this.#part(node, "right")}), ${this.#site(node.left as Node)})`;
  }

  #unary(node: Node): string | undefined {
    if (node.operator === "!") return `(!${this.#truth(node.argument)})`;
    if (node.operator === "typeof") return `$rt.typeOf(${this.#part(node, "argument")})`;
    if (node.operator === "~" || node.operator === "-")
      return `$rt.unary("${node.operator}", ${this.#part(node, "argument")})`;
    return undefined;
  }

  #conditional(node: Node): string {
    const [then, otherwise] = [this.#part(node, "consequent"), this.#part(node, "alternate")];
    const isText = [node.consequent, node.alternate].some(
      (one) =>
        (one as Node).type === "TemplateLiteral" ||
        ((one as Node).type === "Literal" && typeof (one as Node).value === "string"),
    );
    if (isText) return `$rt.text(() => (${this.#truth(node.test)} ? ${then} : ${otherwise}))`;
    return `(${this.#truth(node.test)} ? ${then} : ${otherwise})`;
  }

  #assignment(node: Node): string | undefined {
    const operator = String(node.operator).slice(0, -1);
    if (operator === "" || operator === "??") return undefined;
    const left = this.#part(node, "left");
    return `${left} = $rt.op("${operator}", ${left}, ${this.#part(node, "right")}, ${this.#site(node)})`;
  }

  #new(node: Node): string | undefined {
    const name = (node.callee as Node).name;
    if (typeof name !== "string" || !ERRORS.has(name)) return undefined;
    return `new ${name}(${this.of((node.arguments as Node[])[0] as Node)}, "")`;
  }

  #call(node: Node): string | undefined {
    const callee = node.callee as Node;
    if (callee.type !== "MemberExpression" || callee.computed === true) return undefined;
    const method = (callee.property as Node).name as string;
    const [first] = node.arguments as Node[];
    if (first === undefined) return undefined;
    const object = this.#part(callee, "object");
    if (method === "includes") return `$rt.includes(${object}, ${this.of(first)}, ${this.#site(node)})`;
    if (SITED.has(method)) {
      const given = (node.arguments as Node[]).map((one) => this.of(one)).join(", ");
      return `${object}.${method}(${given}, ${this.#site(node)})`;
    }
    if (PREDICATES.has(method)) return `${object}.${method}($rt.predicate(${this.of(first)}, ${this.#site(node)}))`;
    return undefined;
  }

  #member(node: Node): string | undefined {
    const property = node.property as Node;
    if (node.computed !== true || node.optional === true || property.type === "Literal") return undefined;
    return `${this.#part(node, "object")}[$rt.key(${this.of(property)}, ${this.#site(property)})]`;
  }
}

/** Nodes of TypeScript around expressions. */
const WRAPPERS = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);
const NO_BODY = { consequent: undefined, alternate: undefined, body: undefined };

/** The names that a statement at the top declares. */
function declared(statement: Node): string[] {
  if (statement.type === "ExportNamedDeclaration") {
    return isNode(statement.declaration) ? declared(statement.declaration) : [];
  }
  if (statement.type === "VariableDeclaration") {
    return (statement.declarations as Node[]).map((one) => (one.id as Node).name as string);
  }
  const isValue = statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration";
  return isValue ? [(statement.id as Node).name as string] : [];
}

/**
 * Rewrites a module.
 * @param file its name in sites
 */
export function rewritten(file: string, text: string): Rewritten {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message ?? ""}`);
  const root = program as unknown as Node;
  const rewriting = new Rewriting(file, text);
  const code = rewriting.plain({ ...root, start: 0, end: text.length });
  const names = (root.body as Node[]).flatMap(declared);
  return { code: stripTypeScriptTypes(code), names, imports: rewriting.imports };
}

/**
 * Contracts: conditions that hold when a function is called, and when it returns. Each check is recorded with the call.
 */
import { post } from "./context.ts";
import { ContractError } from "./errors.ts";

/** Conditions on the arguments, by their wording. */
export type Requires<Given extends unknown[], Self = undefined> = {
  /** Whether it holds, given the arguments. */
  readonly [clause: string]: (this: Self, ...given: Given) => boolean;
};
/** Conditions on the result and the arguments, by their wording. */
export type Ensures<Given extends unknown[], Result, Self = undefined> = {
  /** Whether it holds, given the result and the arguments after the call. */
  readonly [clause: string]: (this: Self, result: Result, ...given: Given) => boolean;
};
/** A function's requirements and promises. */
export interface Clauses<Given extends unknown[], Result, Self = undefined> {
  readonly requires?: Requires<Given, Self>;
  readonly ensures?: Ensures<Given, Result, Self>;
}
/** Requirements and promises of a class's methods; `this` is the object. */
export type Contracts<T extends object> = {
  readonly [K in keyof T]?: T[K] extends (...given: infer Given) => infer Result ? Clauses<Given, Result, T> : never;
};

/**
 * Wraps a function in a contract: checks its requirements before it runs and its promises afterwards, and records each
 * check. A clause may leave out the last arguments.
 * @returns the function; it throws ContractError naming the clause that does not hold
 */
export function contract<Given extends unknown[], Result>(
  name: string,
  clauses: NoInfer<Clauses<Given, Result>>,
  work: (...given: Given) => Result | Promise<Result>,
): (...given: Given) => Promise<Result> {
  return checked<Given, Result, undefined>(name, clauses, work, undefined);
}

/** The same with `self` as the object of the clauses. */
export function checked<Given extends unknown[], Result, Self>(
  name: string,
  { requires = {}, ensures = {} }: Clauses<Given, Result, Self>,
  work: (...given: Given) => Result | Promise<Result>,
  self: Self,
): (...given: Given) => Promise<Result> {
  const require = (part: "requires" | "ensures", clause: string, held: boolean): void => {
    post("contract", { name, part, clause, held });
    if (!held) throw new ContractError(name, part, clause);
  };
  return async (...given) => {
    for (const [clause, holds] of Object.entries(requires)) require("requires", clause, holds.apply(self, given));
    const result = await work(...given);
    for (const [clause, holds] of Object.entries(ensures))
      require("ensures", clause, holds.call(self, result, ...given));
    return result;
  };
}

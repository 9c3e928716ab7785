/** Contracts: what must hold when a function is called, and when it is done. Each check is recorded with the call. */
import { post } from "./context.ts";
import { ContractError } from "./errors.ts";

/** Conditions by what they say, for the arguments. */
export type Requires<Given extends unknown[], Self = undefined> = {
  /** Whether it holds, given the arguments. */
  readonly [clause: string]: (this: Self, ...given: Given) => boolean;
};
/** Conditions by what they say, for the result and the arguments. */
export type Ensures<Given extends unknown[], Result, Self = undefined> = {
  /** Whether it holds, given the result and the arguments as they are afterwards. */
  readonly [clause: string]: (this: Self, result: Result, ...given: Given) => boolean;
};
/** What a function asks and promises. */
export interface Clauses<Given extends unknown[], Result, Self = undefined> {
  readonly requires?: Requires<Given, Self>;
  readonly ensures?: Ensures<Given, Result, Self>;
}
/** What the methods of a class ask and promise; `this` is the object. */
export type Contracts<T extends object> = {
  readonly [K in keyof T]?: T[K] extends (...given: infer Given) => infer Result ? Clauses<Given, Result, T> : never;
};

/**
 * A function with a contract: its requirements are checked before it runs, its promises afterwards, each one recorded.
 * A clause may leave out the last arguments.
 * @returns the function, which throws ContractError naming the clause that does not hold
 */
export function contract<Given extends unknown[], Result>(
  name: string,
  clauses: NoInfer<Clauses<Given, Result>>,
  work: (...given: Given) => Result | Promise<Result>,
): (...given: Given) => Promise<Result> {
  return checked<Given, Result, undefined>(name, clauses, work, undefined);
}

/** The same with an object that the clauses speak of. */
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

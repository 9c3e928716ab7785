/** The words of an audit are those of the whole project. */
export * from "../trace/wording.ts";

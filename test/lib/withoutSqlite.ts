/** A Node that has no SQLite, as Node 20 has none. */
import { withSqlite } from "../../trace/store/sqlite.ts";

/** Until it is disposed of, nothing finds SQLite. */
export function withoutSqlite(): Disposable {
  withSqlite(undefined);
  return { [Symbol.dispose]: () => withSqlite() };
}

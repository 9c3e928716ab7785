import { StoreFile } from "../../trace/store/storeFile.ts";

/** Changes the store of a run by a sentence of SQL, as somebody may who can write to its directory. */
export function changeStore(dir: string, sql: string): void {
  using file = StoreFile.open(dir, true);
  file?.run(sql);
}

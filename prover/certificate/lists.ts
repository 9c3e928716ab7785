/** Adds to the list of a key. A copy of the list each time would cost its length, squared. */
export function listed<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

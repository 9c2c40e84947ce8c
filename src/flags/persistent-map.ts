/**
 * An immutable map whose next version costs as much as what changes in it, however large it is, and whose newest
 * version reads like a `Map`: the versions share one, and an older version knows what to undo (H. G. Baker,
 * "Shallow binding makes functional arrays fast").
 */
export class PersistentMap<V extends object> {
  readonly size: number;
  #state:
    { readonly map: Map<string, V> } | { readonly undo: Map<string, V | undefined>; readonly next: PersistentMap<V> };

  /** Takes the map over. */
  constructor(map = new Map<string, V>()) {
    this.size = map.size;
    this.#state = { map };
  }

  get(key: string): V | undefined {
    let state = this.#state;
    for (; 'undo' in state; state = state.next.#state) {
      if (state.undo.has(key)) return state.undo.get(key);
    }
    return state.map.get(key);
  }

  /** In no particular order. */
  keys(): Iterable<string> {
    return this.#toMap().keys();
  }

  /** In no particular order. */
  entries(): Iterable<[string, V]> {
    return this.#toMap();
  }

  /** In no particular order. */
  values(): Iterable<V> {
    return this.#toMap().values();
  }

  /** The next version: with these values put in, and taken out where they are undefined. */
  with(changes: ReadonlyMap<string, V | undefined>): PersistentMap<V> {
    const state = this.#state;
    if (changes.size === 0) return this;
    if (this.size === 0) return new PersistentMap(change(new Map<string, V>(), changes));
    const map = this.#toMap();
    const undo = new Map([...changes.keys()].map((key) => [key, map.get(key)]));
    change(map, changes);
    const next = new PersistentMap(map);
    if ('map' in state) this.#state = { undo, next };
    return next;
  }

  /** The shared map if this is the newest version, else a copy; not to be changed. */
  #toMap(): Map<string, V> {
    const undos: ReadonlyMap<string, V | undefined>[] = [];
    let state = this.#state;
    for (; 'undo' in state; state = state.next.#state) undos.push(state.undo);
    if (undos.length === 0) return state.map;
    const map = new Map(state.map);
    for (const undo of undos.reverse()) change(map, undo);
    return map;
  }
}

function change<V>(map: Map<string, V>, changes: ReadonlyMap<string, V | undefined>): Map<string, V> {
  for (const [key, value] of changes) {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  return map;
}

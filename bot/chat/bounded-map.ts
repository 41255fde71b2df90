// A Map that forgets its oldest entries: for what is nice to remember about thousands of people and messages.

export interface BoundedMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  clear(): void;
}

export function createBoundedMap<V>(mostEntries: number): BoundedMap<V> {
  const entries = new Map<string, V>();
  return {
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
    },
  };
}

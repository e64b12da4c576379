/** In a random order, so that the after-effects of one item do not always hit the same next item. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Measures each once a round. The first rounds only warm up the code on both ends. */
export async function inTurns<Name, Value>(
  names: readonly Name[],
  rounds: { readonly warmUp: number; readonly measured: number },
  measure: (name: Name) => Promise<Value>,
): Promise<ReadonlyMap<Name, readonly Value[]>> {
  const values = new Map(names.map((name): [Name, Value[]] => [name, []]));
  for (let round = -rounds.warmUp; round < rounds.measured; round += 1) {
    for (const name of shuffled(names)) {
      const value = await measure(name);
      if (round >= 0) values.get(name)?.push(value);
    }
  }
  return values;
}

/** How many milliseconds some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

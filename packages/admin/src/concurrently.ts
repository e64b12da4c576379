/** How many calls to AWS run at once: its control plane takes about ten a second. */
const atOnce = 8;

/**
 * Maps a list in order, a few entries at a time. After the first failure no further entry begins; running ones
 * are waited for, so that nothing goes on behind the caller's back.
 */
export async function concurrently<Entry, Value>(
  entries: readonly Entry[],
  map: (entry: Entry) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  const queue = entries.entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [index, entry] of queue) {
      if (failed) return;
      try {
        values[index] = await map(entry);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: atOnce }, work));
  const failure = workers.find((worker) => worker.status === 'rejected');
  if (failure) throw failure.reason;
  return values;
}

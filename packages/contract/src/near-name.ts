/** Longer ones are not a typing error, and would take long to compare. */
const longestName = 128;

/**
 * The name that was probably meant, for "did you mean".
 *
 * @param known The existing names.
 * @returns The nearest one: at most one letter in three is missing, added, changed or swapped with its neighbour, or it
 *   has all words of `name` and more. Case and the characters between words do not count. Undefined if none is that near.
 *
 * @example
 * nearest('nova-light', ['titan', 'nova-lite']); // 'nova-lite'
 * nearest('claude-sonnet', ['claude-sonnet-4.6']); // 'claude-sonnet-4.6'
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  const words = wordsIn(name);
  const written = words.join('');
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const candidate of known) {
    const candidateWords = wordsIn(candidate);
    const meant = candidateWords.join('');
    const longer = Math.max(written.length, meant.length);
    const most = Math.floor(longer / 3);
    const isPart = words.length > 1 && words.every((word) => candidateWords.includes(word));
    // So far apart in length that comparing them is not needed.
    if (!isPart && longer - Math.min(written.length, meant.length) > most) continue;
    const slips = slipsBetween(written, meant);
    if ((isPart || slips <= most) && (best === undefined || slips < best.slips))
      best = { name: candidate, slips };
  }
  return best?.name;
}

/** `maxTokens` and `max_tokens` both have `max` and `tokens`. */
function wordsIn(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/**
 * The number of edits from one string to the other. Swapped neighbours are one edit.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance#Optimal_string_alignment_distance
 */
function slipsBetween(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && from[row - 2] === to[column - 1] && from[row - 1] === to[column - 2];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

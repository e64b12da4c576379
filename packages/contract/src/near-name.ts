/**
 * The name that somebody who wrote another one may have meant: what is said after "did you mean".
 *
 * @param known The names there are.
 * @returns The one with the fewest slips, of several the first: letters left out, added, changed or changed over with their
 *   neighbour, at most one in three. Case, hyphens and underscores do not count. Undefined where none is so near.
 *
 * @example
 * nearest('nova-light', ['titan', 'nova-lite']); // 'nova-lite'
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const written = lettersOf(name);
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const candidate of known) {
    const meant = lettersOf(candidate);
    const longer = Math.max(written.length, meant.length);
    const most = Math.floor(longer / 3);
    // So that a name of any length costs no more than those that are known.
    if (longer - Math.min(written.length, meant.length) > most) continue;
    const slips = slipsBetween(written, meant);
    if (slips <= most && (best === undefined || slips < best.slips)) best = { name: candidate, slips };
  }
  return best?.name;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/**
 * How many edits lead from one string to the other, two neighbours that change places being one.
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

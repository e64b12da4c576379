/** Longer names are nobody's slip of the pen, and would take long to compare. */
const mostCharacters = 64;

/**
 * The name that was probably meant, for "did you mean": it has the same words, or all of them and more, or is as few slips
 * away as a third of its letters. Case and what parts words make no difference.
 *
 * @param names Those that the caller may know of.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > mostCharacters) return undefined;
  const words = wordsIn(name);
  const slips = (other: string) => slipsBetween(words.join(''), wordsIn(other).join(''));
  const near = names.filter((other) => {
    const others = wordsIn(other);
    const isPart = words.length > 1 && words.every((word) => others.includes(word));
    return isPart || slips(other) <= words.join('').length / 3;
  });
  return near.toSorted((one, other) => slips(one) - slips(other))[0];
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
 * How many letters are missing, too many, wrong or in the place of the one beside them.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance#Optimal_string_alignment_distance
 */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    const slips = [row];
    rows.push(slips);
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      slips.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}

/** The most faults that one error lists. More would only repeat. */
export const mostIssues = 20;

/** The longest place that an error quotes, in characters: a caller's names can have any length. */
const mostCharacters = 200;

/** A place in a request, such as `history.0.text`. */
export function placeOf(path: readonly PropertyKey[]): string {
  const place = path.join('.');
  return place.length > mostCharacters ? `${place.slice(0, mostCharacters)}...` : place;
}

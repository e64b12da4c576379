/** The most faults that one error lists: more would only repeat themselves. */
export const mostIssues = 20;

/** The longest place that an error quotes, in characters: names in a request are its caller's, and of any length. */
const mostCharacters = 200;

/** A place in a request, such as `history.0.text`. */
export function placeOf(path: readonly PropertyKey[]): string {
  const place = path.join('.');
  return place.length > mostCharacters ? `${place.slice(0, mostCharacters)}...` : place;
}

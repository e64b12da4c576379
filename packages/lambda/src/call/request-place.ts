/** The most characters that are told of a place: names in a request are its caller's, and of any length. */
const mostCharacters = 200;

/** A place in a request, such as `history.0.text`. */
export function placeOf(path: readonly PropertyKey[]): string {
  const place = path.join('.');
  return place.length > mostCharacters ? `${place.slice(0, mostCharacters)}...` : place;
}

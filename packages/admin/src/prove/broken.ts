/** The deployment does not keep a promise. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Nothing here can show whether the promise holds. */
export class NotShown extends Error {
  override readonly name = 'NotShown';
}

/** The value of a JSON string; `undefined`, which does not exist in JSON, if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

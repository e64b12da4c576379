/** Headers in the order and spelling of the sender; a name may occur more than once. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The last value of a header, which is the one that API Gateway uses, or undefined. */
export function header(headers: HeaderList, name: string): string | undefined {
  return headers.findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** An event without its number. */
interface Fields {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** Writes events of one stream, each with its number. */
export class EventWriter {
  #next = 0;

  /** An event of these fields. */
  write(fields: Fields): string {
    return `${opening(fields.type)}${JSON.stringify({ ...fields, sequence_number: this.#next++ })}\n\n`;
  }

  /** Writes the same event again and again, each time with another string in `delta`. */
  deltas(fields: Fields): (delta: string) => string {
    const start = `${opening(fields.type)}${JSON.stringify(fields).slice(0, -1)},"sequence_number":`;
    return (delta) => `${start}${this.#next++},"delta":${JSON.stringify(delta)}}\n\n`;
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
function opening(type: string): string {
  return `event: ${type}\ndata: `;
}

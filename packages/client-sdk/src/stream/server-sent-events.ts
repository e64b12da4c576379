/**
 * Reads the `data` of server-sent events. Names, ids and comments are skipped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export interface EventParser {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): string[];
  /** How long the event is that is not complete yet, in characters. */
  pending(): number;
  /** The event that was not completed by an empty line; `undefined` if there is none. */
  end(): string | undefined;
}

export function createEventParser(): EventParser {
  // Also drops a byte order mark, and keeps the bytes of a character that is not complete yet.
  const decoder = new TextDecoder();
  let unfinishedLine = '';
  let endedWithReturn = false;
  let data: string | undefined;

  const take = (line: string): void => {
    const value = /^data(?:: ?|$)(.*)/s.exec(line)?.[1];
    if (value !== undefined) {
      data = data === undefined ? value : `${data}\n${value}`;
    }
  };

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      // One line break, whose two halves arrived in two pieces.
      if (endedWithReturn && text.startsWith('\n')) {
        text = text.slice(1);
        endedWithReturn = false;
      }
      if (text !== '') {
        endedWithReturn = text.endsWith('\r');
      }
      const events: string[] = [];
      const lines = text.split(/\r\n|\r|\n/);
      // Only what is new is searched for line breaks, however long a line becomes.
      lines[0] = unfinishedLine + lines[0];
      unfinishedLine = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') {
          take(line);
        } else if (data !== undefined) {
          events.push(data);
          data = undefined;
        }
      }
      return events;
    },
    pending: () => unfinishedLine.length + (data?.length ?? 0),
    end() {
      take(unfinishedLine + decoder.decode());
      return data;
    },
  };
}

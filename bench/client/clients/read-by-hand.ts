interface Event {
  readonly type: string;
  readonly text: string;
}

/** Reads a stream of the proxy without a library: trusts every byte, and checks nothing. */
export async function countPieces(response: Response): Promise<number> {
  const decoder = new TextDecoder();
  let pieces = 0;
  let rest = '';
  for await (const bytes of response.body ?? []) {
    const messages = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const event: Event = JSON.parse(message.slice(message.indexOf('data: ') + 6));
      if (event.type === 'delta') pieces += 1;
    }
  }
  return pieces;
}

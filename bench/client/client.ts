/** A client of the loopback server, as a program would use it. Each file of `clients/` connects one. */
export interface Client {
  /** Asks once. Resolves to the answer's text. */
  ask(): Promise<string>;
  /** Reads one stream. Resolves to the number of pieces of text that came. */
  stream(): Promise<number>;
}

/** What a file of `clients/` exports. */
export interface ClientModule {
  /** @param url - Of the server, without a path. */
  connect(url: string): Client;
}

export const apiKey = 'a-key-of-the-benchmark';
export const model = 'llama';
export const question = 'What is a dystopia?';

/** A request to the proxy by hand. */
export const request = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
  body: JSON.stringify({ model, question }),
};

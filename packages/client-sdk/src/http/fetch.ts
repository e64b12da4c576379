/** What the client hands to `fetch`. */
export interface FetchInit {
  /** `GET` or `POST`. */
  readonly method: string;
  /** By name, in lower case; among them the API key. */
  readonly headers: Record<string, string>;
  /** JSON; left out where a request has no body. */
  readonly body?: string;
  /** Aborted when the call ends early: a `fetch` that heeds it lets go of the connection. */
  readonly signal: AbortSignal;
  /** A redirect is a response like any other, and is not followed: the key goes to one host alone. */
  readonly redirect: 'manual';
}

/** The part of standard `Headers` that the client uses. */
export interface ResponseHeaders {
  /** The value of a header, whose name is given in lower case; `null` where there is none. */
  get(name: string): string | null;
}

/** The part of a standard `Response` that the client uses. That of another `fetch`, such as undici's, has it too. */
export interface FetchResponse {
  /** Whether the status is 2xx. */
  readonly ok: boolean;
  /** The HTTP status. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: ResponseHeaders;
  /** The body, where it can be read in pieces: only streams are. */
  readonly body: {
    getReader(): {
      read(): Promise<{ done: true } | { done: false; value: Uint8Array }>;
      cancel(): Promise<void>;
    };
  } | null;
  /** Reads the whole body. */
  text(): Promise<string>;
}

/** The part of the standard `fetch` that the client uses. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

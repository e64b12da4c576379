/** What the client hands to `fetch`. */
export interface FetchInit {
  /** `GET` or `POST`. */
  readonly method: string;
  /** By name, in lower case. The API key is among them. */
  readonly headers: Record<string, string>;
  /** JSON; left out if the request has no body. */
  readonly body?: string;
  /** Aborted when the call ends early, so that the connection can be closed. */
  readonly signal: AbortSignal;
  /** Redirects are not followed, so that the key goes only to one host. */
  readonly redirect: 'manual';
}

/** The part of standard `Headers` that the client uses. */
export interface ResponseHeaders {
  /** The value of the header with this name, in lower case; `null` if there is none. */
  get(name: string): string | null;
}

/** The part of a standard `Response` that the client uses. Those of other libraries, such as undici, have it too. */
export interface FetchResponse {
  /** Whether the status is 2xx. */
  readonly ok: boolean;
  /** The HTTP status. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: ResponseHeaders;
  /** The body, to be read in pieces. Only streams are read like this. */
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

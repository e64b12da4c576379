import type { Readable } from 'node:stream';

export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface WholeResponse extends ResponseHead {
  readonly body: string;
}

/** An answer that is still being written. If `body` ends in an error, the caller must see a cut connection. */
export interface StreamedResponse extends ResponseHead {
  readonly body: Readable;
}

export type HttpResponse = WholeResponse | StreamedResponse;

/** What the server knows of a request beside its content. */
export interface Connection {
  /** On which it came in. */
  readonly port: number;
}

/** What every route finds in `c.env`. */
export interface Surroundings extends Connection {
  /** Gets a line about every error that nothing here knows. */
  readonly onFault: (fault: string) => void;
}

export type Env = { Bindings: Surroundings };

/** The used part of dynalite, which has no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** Milliseconds that a new table stays in the state CREATING. Default: 500. */
    readonly createTableMs?: number;
    /** Directory to keep the tables in. Default: in memory. */
    readonly path?: string;
  }

  /** A DynamoDB server that does not listen yet. */
  function dynalite(options?: Options): Server;
  export = dynalite;
}

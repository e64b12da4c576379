declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB API over HTTP, with tables in memory. */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}

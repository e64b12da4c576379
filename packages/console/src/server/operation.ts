import type { Deployment } from '@org/admin';
import type { Snapshot } from './snapshot.ts';

/** What the routes work on. */
export interface Operation {
  /** Opened with the first question, and kept. */
  readonly deployment: () => Promise<Deployment>;
  /** Where it is: on AWS, or on a local gateway. */
  readonly place: 'aws' | 'local';
  readonly snapshot: Snapshot;
}

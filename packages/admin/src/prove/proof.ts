import type { Limits } from '@org/contract';
import type { Deployment } from '../deployment.ts';
import type { NewKey } from '../keys/create-key.ts';
import type { Target } from './target.ts';

/** One promise of a deployment, and how to see whether it keeps it. */
export interface Proof {
  /** Short and stable, such as `route-ask` or `race`. */
  readonly name: string;
  /** The promise, as a sentence. */
  readonly statement: string;
  /**
   * @returns The observation, if the promise holds.
   * @throws {Broken} If it does not hold.
   * @throws {NotShown} If nothing in this deployment can show it.
   */
  check(subject: Subject): Promise<string>;
}

/** The tools of a proof. */
export interface Subject {
  readonly deployment: Deployment;
  /** The throwaway team's plan. */
  readonly plan: string;
  /** The API. The report has the request ids of all calls through it. */
  readonly target: Target;
  /** The value of a throwaway key that has only its plan's limits. */
  readonly key: string;
  /** Makes another throwaway key of the same team, and waits until the API takes it. */
  readonly newKey: (limits?: OwnLimits) => Promise<NewKey>;
  /** Aliases that the throwaway team may call. */
  readonly models: ProofModels;
  /** Waits. Milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A throwaway key's own limits. The one in USD is the run's. */
export type OwnLimits = Omit<Limits, 'usd'>;

export interface ProofModels {
  /** The cheapest model that answers questions. */
  readonly chat: string;
  /** Whether `chat` can stream. */
  readonly streams: boolean;
  /** The cheapest embedding model. */
  readonly embed: string | undefined;
  /** A model that the deployment offers and the plan does not. */
  readonly forbidden: string | undefined;
}

/** Result of a proof. */
export interface ProofResult extends Pick<Proof, 'name' | 'statement'> {
  readonly outcome: 'holds' | 'broken' | 'not shown';
  /** The observation, or why there is none. */
  readonly what: string;
  /** Request ids of all answers that the proof got, to find its lines in the log. */
  readonly requestIds: readonly string[];
}

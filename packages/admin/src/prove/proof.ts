import type { Limits } from '@org/contract';
import type { Observer } from '../aws/observer.ts';
import type { Deployment } from '../deployment.ts';
import type { Finding } from '../doctor/finding.ts';
import type { NewKey } from '../keys/create-key.ts';
import type { ProofModels } from './proof-models.ts';
import type { RunLog } from './run-log.ts';
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
  /** What the deployment has besides its API. */
  readonly observer: Observer;
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
  /** What is in the prompts of this run and must be in no log. */
  readonly canary: string;
  /** The most that the calls of one throwaway key may cost, in USD. */
  readonly mostUsdOfKey: number;
  /** Whether to try what takes minutes. */
  readonly long: boolean;
  /** What this run finds in the log. */
  readonly log: RunLog;
  /** A token of the deployment's sign-in. Undefined if there is none. */
  readonly token: string | undefined;
  /** The findings of `doctor`. Undefined if there is no account to look at. */
  readonly diagnose: (() => Promise<readonly Finding[]>) | undefined;
  /** Waits. Milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A throwaway key's own limits. The one in USD is the run's. */
export type OwnLimits = Omit<Limits, 'usd'>;

/** Result of a proof. */
export interface ProofResult extends Pick<Proof, 'name' | 'statement'> {
  readonly outcome: 'holds' | 'broken' | 'not shown';
  /** The observation, or why there is none. */
  readonly what: string;
  /** Request ids of all answers that the proof got, to find its lines in the log. */
  readonly requestIds: readonly string[];
}

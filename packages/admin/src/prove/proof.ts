import type { Limits } from '@org/contract';
import type { Deployment } from '../deployment.ts';
import type { NewKey } from '../keys/create-key.ts';
import type { Target } from './target.ts';

/** One promise of a deployment, and how to see whether it keeps it. */
export interface Proof {
  /** Short and stable, such as `ask` or `race`. */
  readonly name: string;
  /** The promise, as a sentence. */
  readonly statement: string;
  /**
   * @returns What was seen, where the promise holds.
   * @throws {Broken} Where it does not.
   * @throws {NotShown} Where this deployment has nothing to show it by.
   */
  check(subject: Subject): Promise<string>;
}

/** What a proof may use. */
export interface Subject {
  readonly deployment: Deployment;
  /** Of the throwaway team. */
  readonly plan: string;
  /** The API. What is sent through it is in the report by its request ids. */
  readonly target: Target;
  /** The value of a throwaway key without limits but those of its plan. */
  readonly key: string;
  /** Makes another throwaway key of the same team, and waits until the API takes it. */
  readonly newKey: (limits?: Limits) => Promise<NewKey>;
  /** Waits until the API takes a key. @returns How long that took. */
  readonly untilTaken: (key: string) => Promise<string>;
  /** Aliases that the throwaway team may ask. */
  readonly models: ProofModels;
  /** Waits. Milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

export interface ProofModels {
  /** The cheapest that answers questions. */
  readonly chat: string;
  /** Whether `chat` can stream. */
  readonly streams: boolean;
  /** The cheapest that turns text into vectors. */
  readonly embed: string | undefined;
  /** One that the deployment offers and the plan does not. */
  readonly forbidden: string | undefined;
}

/** What became of a proof. */
export interface ProofResult extends Pick<Proof, 'name' | 'statement'> {
  readonly outcome: 'holds' | 'broken' | 'not shown';
  /** What was seen, or why nothing was. */
  readonly what: string;
  /** Of every request that the proof sent and that was answered: they find its lines in the log. */
  readonly requestIds: readonly string[];
}

import type { BedrockProxyErrorCode } from '@org/bedrock-client';
import type { Fault } from '@org/local/bedrock';
import type { Transfer } from './fault-matrix.ts';

/** What every door is asked. */
export const question = 'What is a dystopia';

/** Room for one call at a time, under the plan of the teams that meet their own calls. */
export const maxTokens = 1500;

/** How a call failed. */
export interface Failure {
  readonly code: BedrockProxyErrorCode;
  /** The class of the error, where the caller's client has its own. */
  readonly name?: string | undefined;
}

/** A call that is sent once more, where the answer says that it may be. */
export interface DoorCall {
  /** Of the deployment. */
  readonly url: string;
  readonly transfer: Transfer;
  /** Awaited before each attempt. */
  readonly key: () => Promise<string>;
  readonly signal?: AbortSignal;
  /** When the caller runs out of time: before a first piece of the answer or after it. Default: it never does. */
  readonly outOfTime?: 'before' | 'midStream' | undefined;
  /** Gets how the first attempt failed, before the second. */
  readonly onRetry?: (failure: Failure) => void;
  /** Called when a piece of a streamed answer is there. */
  readonly onPiece?: () => void;
}

/** An API, as a caller sees it that meets faults. */
export interface FaultDoor {
  readonly name: string;
  /** Whether what asks is the proxy's own client, which has a class for every error. */
  readonly hasClasses: boolean;
  /** Tokens that a call holds. */
  readonly held: number;
  /** After which event of Bedrock's stream the count of what it took is still to come. */
  readonly uncounted: Extract<Fault, { readonly kind: 'stream' }>['after'];
  /**
   * Asks. Resolves to how the last attempt failed, or nothing where there is an answer; throws where what came is neither
   * an answer nor an error of the contract.
   */
  ask(call: DoorCall): Promise<Failure | undefined>;
}

import type { BedrockProxyErrorCode } from '@org/bedrock-client';
import type { Fault } from '@org/local/bedrock';
import type { Transfer } from './fault-matrix.ts';

/** The question of every call. */
export const question = 'What is a dystopia';

/** Room for one call at a time, in the plan of the teams that compete with their own calls. */
export const maxTokens = 1500;

/** How a call failed. */
export interface Failure {
  readonly code: BedrockProxyErrorCode;
  /** The class of the error, if the caller's client has its own. */
  readonly name?: string | undefined;
}

/** A call, sent once more if the answer allows it. */
export interface DoorCall {
  /** The deployment's URL. */
  readonly url: string;
  readonly transfer: Transfer;
  /** Awaited before each attempt. */
  readonly key: () => Promise<string>;
  readonly signal?: AbortSignal;
  /** When the caller runs out of time: before the first piece of the answer or after it. Default: never. */
  readonly outOfTime?: 'before' | 'midStream' | undefined;
  /** Gets the failure of the first attempt, before the second. */
  readonly onRetry?: (failure: Failure) => void;
  /** Called when a piece of a streamed answer arrives. */
  readonly onPiece?: () => void;
}

/** An API, as its callers see it under faults. */
export interface FaultDoor {
  readonly name: string;
  /** Whether the caller is the proxy's own client, which has a class for every error. */
  readonly hasClasses: boolean;
  /** Tokens that the proxy holds (reserves) for a call. */
  readonly held: number;
  /** The event of Bedrock's stream after which the token counts are still to come. */
  readonly uncounted: Extract<Fault, { readonly kind: 'stream' }>['after'];
  /**
   * Makes the call. Resolves to the failure of the last attempt, or to nothing if there is an answer. Throws if the
   * response is neither an answer nor an error of the contract.
   */
  ask(call: DoorCall): Promise<Failure | undefined>;
}

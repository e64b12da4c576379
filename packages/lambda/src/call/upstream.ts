import type { ModelDefinition } from '@org/models';
import type { Guardrail } from '../environment.ts';
import type { EmbedCall, ModelCall } from './call.ts';
import type { Deadline } from './deadline.ts';
import type { ReplyEvent } from './reply.ts';

/** The parts of a call that the caller does not choose: its target and the caller's identity. */
export interface Target {
  /** A model id, an inference profile id, or the ARN of an imported model or an application inference profile. */
  readonly modelId: string;
  readonly guardrail?: Guardrail | undefined;
  /**
   * The caller's identity, for Bedrock's invocation logs, if the account keeps them.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
   */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a call is made. */
export interface Manner {
  /** Whether the answer comes whole, or in pieces as the model writes it. */
  readonly whole: boolean;
  readonly deadline: Deadline;
}

/** A call whose tokens Bedrock can count. */
export type CountableCall = Exclude<ModelCall, EmbedCall>;

/** Bedrock. */
export interface Upstream {
  /**
   * Calls a model. Fails only with a `ProxyError`, and ends only after the model has reported its stop reason and
   * usage.
   */
  call(
    model: ModelDefinition,
    call: ModelCall,
    target: Target,
    manner: Manner,
  ): AsyncGenerator<ReplyEvent, void>;
  /**
   * Counts a call's billed input tokens, including those of a prompt cache, for a model whose `countTokens` is true.
   * The count costs nothing and takes a few seconds at the most.
   *
   * @throws {ProxyError} If there is no count, for any reason.
   * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
   */
  count(model: ModelDefinition, call: CountableCall, deadline: Deadline): Promise<number>;
}

import type { ModelDefinition } from '@org/models';
import type { Guardrail } from '../environment.ts';
import type { EmbedCall, ModelCall } from './call.ts';
import type { Deadline } from './deadline.ts';
import type { ReplyEvent } from './reply.ts';

/** What a call is sent to, and who asked: all that the caller does not choose. */
export interface Target {
  /** A model id, an inference profile id, or the ARN of an imported model. */
  readonly modelId: string;
  readonly guardrail?: Guardrail | undefined;
  /**
   * For Bedrock's invocation logs, where an account keeps them: who asked.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
   */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a call is made. */
export interface Manner {
  /** Whether the answer is asked for whole, or in pieces while it is written. */
  readonly whole: boolean;
  readonly deadline: Deadline;
}

/** What Bedrock can count the tokens of. */
export type CountableCall = Exclude<ModelCall, EmbedCall>;

/** Bedrock. */
export interface Upstream {
  /**
   * Calls a model. Fails with a `ProxyError` and nothing else; it ends only after the model has said why it stopped and
   * what it took.
   */
  call(
    model: ModelDefinition,
    call: ModelCall,
    target: Target,
    manner: Manner,
  ): AsyncGenerator<ReplyEvent, void>;
  /**
   * Counts the input tokens that a call will be billed, those of a prompt cache included, for a model whose
   * `countTokens` is true. It costs nothing and takes few seconds at the most.
   *
   * @throws {ProxyError} For whatever reason there is no count.
   * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
   */
  count(model: ModelDefinition, call: CountableCall, deadline: Deadline): Promise<number>;
}

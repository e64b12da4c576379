import type { Completion } from '../model/answer.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';

/** The bodies of InvokeModel that one family of models has for itself. */
export interface NativeBody {
  /**
   * @returns `undefined` where the body is not one of this family's.
   * @throws {BedrockException} Where it is, and is wrong.
   */
  readPrompt(model: AdmittedModel, body: unknown): Prompt | undefined;
  answer(completion: Completion, model: AdmittedModel): object;
  /** The chunks of a stream. */
  chunks(completion: Completion, model: AdmittedModel): readonly NativeChunk[];
}

export interface NativeChunk {
  readonly content: object;
  /** Whether it brings a piece of the answer. */
  readonly isDelta: boolean;
}

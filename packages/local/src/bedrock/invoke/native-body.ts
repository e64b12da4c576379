import type { Completion } from '../model/answer.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';

/** InvokeModel's bodies for one family of models. */
export interface NativeBody {
  /**
   * @returns `undefined` if the body is not one of this family's.
   * @throws {BedrockException} If it is one, and is wrong.
   */
  readPrompt(model: AdmittedModel, body: unknown): Prompt | undefined;
  answer(completion: Completion, model: AdmittedModel): object;
  /** A stream's chunks. */
  chunks(completion: Completion, model: AdmittedModel): readonly NativeChunk[];
}

export interface NativeChunk {
  readonly content: object;
  /** Whether it has a piece of the answer. */
  readonly isDelta: boolean;
}

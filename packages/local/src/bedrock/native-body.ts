import type { Prompt } from './prompt.ts';
import type { Completion } from './simulated-model.ts';

/** The bodies of InvokeModel that one family of models has for itself. */
export interface NativeBody {
  /**
   * @returns `undefined` where the body is not one of this family's.
   * @throws {BedrockException} Where it is, and is wrong.
   */
  readPrompt(modelId: string, body: unknown): Prompt | undefined;
  answer(completion: Completion): object;
  /** The chunks of a stream. */
  chunks(completion: Completion): readonly NativeChunk[];
}

export interface NativeChunk {
  readonly content: object;
  /** Whether it brings a piece of the answer. */
  readonly isDelta: boolean;
}
